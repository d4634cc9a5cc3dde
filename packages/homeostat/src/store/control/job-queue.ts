import type PgBoss from "pg-boss";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { InvariantError, invariant } from "../../domain/invariant.ts";
import type { JobKind, JobQueue, JobRecord, RunningJob } from "../../domain/job/job-queue.ts";
import type { ControlDatabase } from "./control-database.ts";
import type { ControlStoreListener } from "./control-store-event.ts";
import { JobLedger, type TakenJob } from "./job-ledger.ts";
import { heartbeatMs, jobRules, pollMs } from "./job-rule.ts";
import { faultOf, type SqlEngine } from "./sql-engine.ts";

type Handler = (job: RunningJob<unknown>) => Promise<unknown>;

interface Worker {
  readonly handler: Handler;
  readonly running: Set<Run>;
}

/** One run of one job. Once `detached` (stopped, lost) its outcome no longer counts. */
interface Run {
  readonly job: TakenJob;
  readonly abort: AbortController;
  detached: boolean;
  finished: Promise<void>;
}

type Outcome =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "threw"; readonly thrown: unknown }
  | { readonly kind: "overtime" };

/** Pauses before storing an outcome is tried again; after the last one the job counts as abandoned. */
const storePausesMs = [100, 500, 2_000, 5_000, 10_000];
const beatsPerSweep = 720;

/**
 * Durable jobs. One loop per process looks now and then for due jobs of the kinds it works on; a job sent by this
 * process, a retry that falls due and a place that becomes free wake it at once. A job counts as done only when
 * its result is stored. Jobs of a kind with the same singleton key never run at once, in no process. A job may run
 * twice when a process dies or is silent for half a minute, so handlers are idempotent.
 */
export class ControlJobQueue implements JobQueue {
  readonly #engine: SqlEngine["kind"];
  readonly #database: ControlDatabase;
  readonly #boss: PgBoss;
  readonly #ledger: JobLedger;
  readonly #onEvent: ControlStoreListener;
  readonly #workers = new Map<JobKind, Worker>();
  readonly #heart: NodeJS.Timeout;
  #loop: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #nudged = false;
  #wake: (() => void) | undefined;
  #beats = 0;

  constructor(database: ControlDatabase, boss: PgBoss, engine: SqlEngine["kind"], onEvent: ControlStoreListener) {
    this.#engine = engine;
    this.#database = database;
    this.#boss = boss;
    this.#ledger = new JobLedger(database, boss);
    this.#onEvent = onEvent;
    this.#heart = setInterval(() => void this.#beat(), heartbeatMs).unref();
  }

  /** Takes up what others left behind: everything in an embedded database, which only one process can have open. */
  async recover(): Promise<void> {
    const reclaimed = await this.#ledger.reclaim(this.#engine === "pglite" ? "all-others" : "the-silent");
    for (const job of reclaimed) {
      this.#onEvent({ kind: "job-interrupted", id: job.id, job: job.kind, next: job.next });
    }
    if (reclaimed.length > 0) this.nudge();
  }

  async work<P>(kind: JobKind, handler: (job: RunningJob<P>) => Promise<unknown>): Promise<void> {
    invariant(!this.#workers.has(kind), `two handlers for jobs of kind ${kind}`);
    // The payload has the type that the sender of this kind gave it: a promise between the two, not checked here.
    this.#workers.set(kind, { handler: handler as Handler, running: new Set() });
    this.#loop ??= this.#run();
    this.nudge();
  }

  async send(kind: JobKind, payload: object, options?: Parameters<JobQueue["send"]>[2]): Promise<string | undefined> {
    const id = await this.#ledger.send(this.#database, kind, payload, options);
    this.nudge();
    return id;
  }

  /** Sends with an open transaction: the job exists when it commits. Whoever opened it calls `nudge` afterwards. */
  async sendWithin(
    inside: ControlDatabase,
    kind: JobKind,
    payload: object,
    options?: Parameters<JobQueue["send"]>[2],
  ): Promise<string | undefined> {
    return this.#ledger.send(inside, kind, payload, options);
  }

  find(id: string): Promise<JobRecord | undefined> {
    return this.#ledger.find(id);
  }

  depth(): ReturnType<JobQueue["depth"]> {
    return this.#ledger.depth();
  }

  /** Looks for due jobs now. */
  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  stop(limitMs: number): Promise<void> {
    this.#stopped ??= this.#stop(limitMs);
    return this.#stopped;
  }

  async #stop(limitMs: number): Promise<void> {
    this.nudge();
    await this.#loop;
    const all = Promise.all(this.#runs().map((run) => run.finished));
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([all, limit]);
    clearTimeout(timer);
    clearInterval(this.#heart);
    for (const run of this.#runs()) {
      run.detached = true;
      run.abort.abort(new Error("the process stops"));
      await this.#ledger.giveBack(run.job).catch((thrown: unknown) => this.#trouble(thrown));
    }
    await this.#boss.stop({ graceful: false, close: false });
  }

  async #run(): Promise<void> {
    while (this.#stopped === undefined) {
      this.#nudged = false;
      const waitMs = await this.#takeDue().catch((thrown: unknown) => {
        this.#trouble(thrown);
        return pollMs[this.#engine];
      });
      if (!this.#nudged && this.#stopped === undefined) await this.#sleep(waitMs);
    }
  }

  /** Starts what is due as far as there is room; answers how long to sleep. */
  async #takeDue(): Promise<number> {
    const free = [...this.#workers].filter(([kind, worker]) => worker.running.size < jobRules[kind].concurrency);
    if (free.length === 0) return pollMs[this.#engine];
    const due = await this.#ledger.due(free.map(([kind]) => kind));
    let sleepMs: number = pollMs[this.#engine];
    for (const [kind, worker] of free) {
      const waitMs = due.get(kind);
      if (waitMs === undefined) continue;
      if (waitMs > 0) sleepMs = Math.min(sleepMs, Math.ceil(waitMs) + 1);
      else await this.#take(kind, worker);
    }
    return sleepMs;
  }

  async #take(kind: JobKind, worker: Worker): Promise<void> {
    while (worker.running.size < jobRules[kind].concurrency && this.#stopped === undefined) {
      const job = await this.#ledger.take(kind);
      if (job === undefined) return;
      const run: Run = { job, abort: new AbortController(), detached: false, finished: Promise.resolve() };
      worker.running.add(run);
      run.finished = this.#perform(worker.handler, run)
        .catch((thrown: unknown) => this.#trouble(thrown))
        .finally(() => {
          worker.running.delete(run);
          this.nudge();
        });
    }
  }

  async #perform(handler: Handler, run: Run): Promise<void> {
    const outcome = await this.#outcomeOf(handler, run);
    for (const pauseMs of [0, ...storePausesMs]) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (run.detached) return;
      try {
        return await this.#store(run.job, outcome);
      } catch (thrown) {
        this.#trouble(thrown);
      }
    }
  }

  async #outcomeOf(handler: Handler, run: Run): Promise<Outcome> {
    const { job, abort } = run;
    let timer: NodeJS.Timeout | undefined;
    const overtime = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        abort.abort(new Error("the job's time is over"));
        resolve({ kind: "overtime" });
      }, job.limitMs);
    });
    const running: RunningJob<unknown> = {
      id: job.id,
      payload: job.payload,
      signal: abort.signal,
      progress: (step, share) => this.#ledger.progress(job.id, step, share),
    };
    // In its own function, so that a handler that throws before it is asynchronous is caught as well.
    const handled = (async () => handler(running))().then(
      (result): Outcome => ({ kind: "done", result }),
      (thrown: unknown): Outcome => ({ kind: "threw", thrown }),
    );
    const outcome = await Promise.race([handled, overtime]);
    clearTimeout(timer);
    return outcome;
  }

  async #store(job: TakenJob, outcome: Outcome): Promise<void> {
    if (outcome.kind === "done") {
      const stored = await this.#ledger.complete(job, outcome.result);
      if (stored === "lost") this.#onEvent({ kind: "job-lost", id: job.id, job: job.kind });
      return;
    }
    const thrown = outcome.kind === "threw" ? outcome.thrown : undefined;
    const reason = outcome.kind === "threw" ? reasonOf(thrown) : `it took longer than ${job.limitMs / 1_000} s`;
    // What cannot be helped by trying again is not tried again: refused by the world for good, or our own bug.
    const hopeless = (thrown instanceof Fault && !thrown.retryable) || thrown instanceof InvariantError;
    const next = await this.#ledger.fail(job, reason, hopeless ? "never" : "if-runs-are-left");
    if (next === "lost") this.#onEvent({ kind: "job-lost", id: job.id, job: job.kind });
    else this.#onEvent({ kind: "job-failed", id: job.id, job: job.kind, reason, thrown, next });
  }

  async #beat(): Promise<void> {
    try {
      const runs = this.#runs();
      const lost = new Set(await this.#ledger.beat(runs.map((run) => run.job.id)));
      for (const run of runs.filter(({ job }) => lost.has(job.id))) this.#drop(run);
      await this.recover();
      this.#beats += 1;
      if (this.#beats % beatsPerSweep === 1) await this.#ledger.sweep();
    } catch (thrown) {
      this.#trouble(thrown);
    }
  }

  /** Unless it has just finished, somebody else works on it now. */
  #drop(run: Run): void {
    const worker = this.#workers.get(run.job.kind);
    if (worker?.running.has(run) !== true) return;
    run.detached = true;
    run.abort.abort(new Error("another process has taken over"));
    this.#onEvent({ kind: "job-lost", id: run.job.id, job: run.job.kind });
  }

  #runs(): readonly Run[] {
    return [...this.#workers.values()].flatMap((worker) => [...worker.running]);
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #trouble(thrown: unknown): void {
    this.#onEvent({ kind: "queue-trouble", fault: faultOf(thrown) });
  }
}
