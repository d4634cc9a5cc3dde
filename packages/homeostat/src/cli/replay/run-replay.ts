import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "@homeostat/protocol";
import { isoOf, secondMs } from "../../domain/instant.ts";
import type { ByteSender } from "../send-bytes.ts";
import type { LineCutter, Lines } from "./cut-lines.ts";
import { type Delivered, deliverEvents, deliverQuestions, type Waiting } from "./deliver.ts";
import type { ReplayTable, Slice } from "./replay-table.ts";

/** A change that is told to the server when event time passes it. */
export interface DueChange {
  readonly title: string;
  readonly timeMs: number;
  send(): Promise<unknown>;
}

export interface ReplayRun {
  readonly system: string;
  /** Whether the system's gateway is asked, or predictions made elsewhere are posted. */
  readonly by: "gateway" | "sender";
  /** In the order of their time. */
  readonly changes: readonly DueChange[];
  /** Batches of predictions on their way at once. */
  readonly concurrency: number;
  readonly batchRows: number;
  /** Event seconds per second; as fast as the server takes them when absent. */
  readonly speed: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  onProgress(progress: ReplayProgress): void;
}

interface ReplayProgress {
  readonly share: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Milliseconds. */
  readonly eventTime: number;
  readonly waiting: string | undefined;
}

/** Rows by what became of them. */
interface SentCount {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
}

export interface ReplayResult {
  readonly predictions: SentCount & { readonly degraded: number };
  readonly outcomes: SentCount;
  readonly changes: number;
  readonly tookMs: number;
  /** Times that the server asked to wait. */
  readonly waits: number;
  /** The first rows that were refused. */
  readonly issues: Problem["issues"];
  /** When the fault began: in event time, and when its first row was sent. null when it touched no row. */
  readonly fault: { readonly rows: number; readonly firstEventTime: string; readonly firstSentAt: string } | null;
}

const namedIssues = 5;

/**
 * Sends a replay in the order of event time: a batch of predictions, the changes whose time it passes before it, and
 * after its answer the outcomes that are known by its end. A few batches are on their way at once; outcomes never
 * overtake the predictions they belong to.
 *
 * Cost in this process: about 2 microseconds a row, since rows pass as bytes.
 * @throws ProblemError, UnreachableError when the server refuses for good. What was sent until then stays sent.
 */
export async function runReplay(sender: ByteSender, table: ReplayTable, run: ReplayRun): Promise<ReplayResult> {
  const replay = new Replay(sender, table, run);
  try {
    return await replay.run();
  } finally {
    await replay.close();
  }
}

interface Tally {
  sent: number;
  accepted: number;
  refused: number;
  degraded: number;
}

class Replay {
  readonly #sender: ByteSender;
  readonly #table: ReplayTable;
  readonly #run: ReplayRun;
  readonly #startedAt: number;
  readonly #questions: LineCutter;
  readonly #known: LineCutter;
  readonly #predictions: Tally = { sent: 0, accepted: 0, refused: 0, degraded: 0 };
  readonly #outcomes: Tally = { sent: 0, accepted: 0, refused: 0, degraded: 0 };
  readonly #issues: Problem["issues"] = [];
  readonly #waiting: Waiting;
  #waitingFor: string | undefined;
  #waits = 0;
  #changes = 0;
  #eventTime = 0;
  #firstTouched: ReplayResult["fault"] = null;

  constructor(sender: ByteSender, table: ReplayTable, run: ReplayRun) {
    this.#sender = sender;
    this.#table = table;
    this.#run = run;
    this.#startedAt = run.now();
    this.#questions = table.predictions();
    this.#known = table.outcomesInOrder();
    this.#waiting = {
      onWait: (reason, ms) => {
        this.#waits += 1;
        this.#waitingFor = `waiting ${Math.ceil(ms / secondMs)} s: ${reason}`;
        this.#tell();
      },
    };
  }

  async run(): Promise<ReplayResult> {
    const onTheWay: Promise<void>[] = [];
    let outcomesSent: Promise<void> = Promise.resolve();
    for (const slice of this.#table.slices) {
      await this.#sendChanges(slice.lastTime);
      const lines = await this.#questions.take(slice.rows);
      const answered = this.#sendPredictions(slice, lines);
      outcomesSent = Promise.all([outcomesSent, answered]).then(() => this.#sendOutcomes(slice.outcomes));
      // A failure shows where it is awaited; until then it must not count as unhandled.
      outcomesSent.catch(() => undefined);
      onTheWay.push(outcomesSent);
      if (onTheWay.length >= this.#run.concurrency) await onTheWay.shift();
      await this.#keepPace(slice.lastTime);
    }
    await outcomesSent;
    await this.#sendOutcomes(this.#table.lateOutcomes);
    await this.#sendChanges(Number.POSITIVE_INFINITY);
    return this.#result();
  }

  async close(): Promise<void> {
    await Promise.all([this.#questions.close(), this.#known.close()]);
  }

  async #sendPredictions(slice: Slice, lines: Lines): Promise<void> {
    if (slice.firstTouchedTime !== undefined && this.#firstTouched === null) {
      const rows = this.#table.slices.reduce((sum, each) => sum + each.touched, 0);
      const firstSentAt = isoOf(this.#run.now());
      this.#firstTouched = { rows, firstEventTime: isoOf(slice.firstTouchedTime), firstSentAt };
    }
    this.#predictions.sent += lines.count;
    const delivered =
      this.#run.by === "gateway"
        ? await deliverQuestions(this.#sender, this.#run.system, lines, this.#waiting)
        : await deliverEvents(this.#sender, this.#run.system, "predictions", lines, this.#waiting);
    this.#count(this.#predictions, delivered);
    this.#eventTime = Math.max(this.#eventTime, slice.lastTime);
    this.#tell();
  }

  async #sendOutcomes(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const lines = await this.#known.take(Math.min(left, 2 * this.#run.batchRows));
      if (lines.count === 0) return;
      left -= lines.count;
      this.#outcomes.sent += lines.count;
      this.#count(
        this.#outcomes,
        await deliverEvents(this.#sender, this.#run.system, "outcomes", lines, this.#waiting),
      );
    }
  }

  async #sendChanges(until: number): Promise<void> {
    for (; ; this.#changes++) {
      const change = this.#run.changes[this.#changes];
      if (change === undefined || change.timeMs > until) return;
      await change.send();
    }
  }

  async #keepPace(eventTime: number): Promise<void> {
    const { speed } = this.#run;
    const first = this.#table.slices[0];
    if (speed === undefined || first === undefined) return;
    const dueMs = this.#startedAt + (eventTime - first.lastTime) / speed;
    const aheadMs = dueMs - this.#run.now();
    if (aheadMs > 0) await sleep(aheadMs);
  }

  #count(tally: Tally, delivered: Delivered): void {
    this.#waitingFor = undefined;
    tally.accepted += delivered.accepted;
    tally.refused += delivered.refused;
    tally.degraded += delivered.degraded;
    this.#issues.push(...delivered.issues.slice(0, Math.max(0, namedIssues - this.#issues.length)));
  }

  #tell(): void {
    const rows = this.#predictions.accepted + this.#predictions.refused;
    const seconds = Math.max(0.001, (this.#run.now() - this.#startedAt) / secondMs);
    this.#run.onProgress({
      share: this.#table.rows === 0 ? 1 : rows / this.#table.rows,
      rows,
      rowsPerSecond: rows / seconds,
      eventTime: this.#eventTime,
      waiting: this.#waitingFor,
    });
  }

  #result(): ReplayResult {
    const { degraded: _, ...outcomes } = this.#outcomes;
    return {
      predictions: this.#predictions,
      outcomes,
      changes: this.#changes,
      tookMs: this.#run.now() - this.#startedAt,
      waits: this.#waits,
      issues: this.#issues,
      fault: this.#firstTouched,
    };
  }
}
