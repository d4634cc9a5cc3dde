import { setTimeout as sleep } from "node:timers/promises";
import { type BatchReceipt, type PredictAnswer, type Problem, publicErrors } from "@homeostat/protocol";
import { ProblemError, UnreachableError } from "@homeostat/sdk";
import { secondMs } from "../../domain/instant.ts";
import type { ByteSender } from "../send-bytes.ts";
import { type Lines, rowsDocument } from "./cut-lines.ts";

/** What came of a delivery. */
export interface Delivered {
  readonly accepted: number;
  readonly refused: number;
  /** Rows that a fallback answered. */
  readonly degraded: number;
  /** The first rows that were refused. */
  readonly issues: Problem["issues"];
}

export interface Waiting {
  /** Told each time the server asks to wait. */
  onWait(reason: string, ms: number): void;
}

const mostWaitMs = 30 * secondMs;
/** How long a server that does not answer at all is waited for: long enough for a restart. */
const unreachableLimitMs = 30 * secondMs;
const namedIssues = 5;

/** Asks the gateway of a system for answers to lines of questions. Rows it refuses by number are left out and the rest sent again. */
export async function deliverQuestions(
  sender: ByteSender,
  system: string,
  lines: Lines,
  waiting: Waiting,
): Promise<Delivered> {
  const path = `/v1/systems/${encodeURIComponent(system)}/predict`;
  let rest = lines;
  const refused: Problem["issues"] = [];
  let refusedCount = 0;
  while (rest.count > 0) {
    try {
      const body = { type: "application/json", bytes: rowsDocument(rest.bytes) } as const;
      const answer = JSON.parse(
        (await persist(() => sender.post(path, body), waiting)).toString("utf8"),
      ) as PredictAnswer;
      const accepted = answer.predictions.length;
      return { accepted, refused: refusedCount, degraded: answer.degraded ? accepted : 0, issues: refused };
    } catch (thrown) {
      const numbers = refusedRows(thrown);
      if (numbers.size === 0 || !(thrown instanceof ProblemError)) throw thrown;
      refused.push(...thrown.problem.issues.slice(0, namedIssues - refused.length));
      refusedCount += numbers.size;
      rest = without(rest, numbers);
    }
  }
  return { accepted: 0, refused: refusedCount, degraded: 0, issues: refused };
}

/** Sends lines of events; the server names what it does not take. */
export async function deliverEvents(
  sender: ByteSender,
  system: string,
  events: "predictions" | "outcomes",
  lines: Lines,
  waiting: Waiting,
): Promise<Delivered> {
  if (lines.count === 0) return { accepted: 0, refused: 0, degraded: 0, issues: [] };
  const path = `/v1/systems/${encodeURIComponent(system)}/${events}`;
  const body = { type: "application/x-ndjson", bytes: lines.bytes } as const;
  const receipt = JSON.parse((await persist(() => sender.post(path, body), waiting)).toString("utf8")) as BatchReceipt;
  const issues = receipt.refused.slice(0, namedIssues).map(({ row, path: at, expected, found }) => ({
    path: `row ${row}${at === "" ? "" : `, ${at}`}`,
    expected,
    found,
  }));
  return { accepted: receipt.accepted, refused: receipt.refusedCount, degraded: 0, issues };
}

/**
 * Sends until it is answered: after the time the server asks for when it is full or busy (429, 503), and again for half
 * a minute when it does not answer at all. Sending the same rows twice is harmless, their ids are the same.
 */
async function persist(send: () => Promise<Buffer>, waiting: Waiting): Promise<Buffer> {
  let unreachableMs = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (thrown) {
      const ms = waitMsOf(thrown, attempt);
      if (ms === undefined) throw thrown;
      if (thrown instanceof UnreachableError) unreachableMs += ms;
      if (unreachableMs > unreachableLimitMs) throw thrown;
      waiting.onWait(thrown instanceof Error ? thrown.message : String(thrown), ms);
      await sleep(ms);
    }
  }
}

const busy: readonly number[] = [publicErrors["rate-limited"].status, publicErrors.unavailable.status];

/** How long to wait before sending again; undefined when that would not help. */
function waitMsOf(thrown: unknown, attempt: number): number | undefined {
  const patienceMs = Math.min(mostWaitMs, 250 * 2 ** Math.min(attempt, 7));
  if (thrown instanceof UnreachableError) return patienceMs;
  if (!(thrown instanceof ProblemError) || !busy.includes(thrown.problem.status)) return undefined;
  return thrown.retryAfterSeconds === undefined
    ? patienceMs
    : Math.min(mostWaitMs, thrown.retryAfterSeconds * secondMs);
}

/** Numbers of the rows, from 0, that a refusal names. */
function refusedRows(thrown: unknown): ReadonlySet<number> {
  if (!(thrown instanceof ProblemError) || thrown.problem.status >= 500) return new Set();
  const numbers = thrown.problem.issues.flatMap(({ path }) => {
    const number = /^rows\[(\d+)\]/.exec(path)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return new Set(numbers);
}

function without(lines: Lines, numbers: ReadonlySet<number>): Lines {
  const kept = lines.bytes
    .toString("utf8")
    .split("\n")
    .filter((line, index) => line !== "" && !numbers.has(index));
  return { bytes: Buffer.from(kept.map((line) => `${line}\n`).join("")), count: kept.length };
}
