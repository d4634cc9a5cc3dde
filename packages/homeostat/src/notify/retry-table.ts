import type { SendResult } from "../domain/notification/notification.ts";
import type { HttpAnswer } from "./http-client.ts";

/** What an answer means for trying again. */
interface AnswerRule {
  /** First and last status it holds for. */
  readonly from: number;
  readonly to: number;
  readonly means: "sent" | "again" | "never" | "gone";
  /** In words, after "it answered 503". */
  readonly why?: string;
}

/** How one receiver's answers are taken, as its documentation says. The first rule that fits counts; without one: never. */
export interface RetryTable {
  /** Pauses before the second, third … attempt. No answer at all (time-out, closed port, cut connection) is tried again. */
  readonly pausesMs: readonly number[];
  readonly answers: readonly AnswerRule[];
}

const longestExcerpt = 200;

/** What the receiver answered, by its table; with its own words where it said no. */
export function resultOf(table: RetryTable, answer: HttpAnswer, now: number): SendResult {
  const { status } = answer;
  const rule = table.answers.find(({ from, to }) => status >= from && status <= to);
  if (rule?.means === "sent") return { kind: "sent", detail: `answered ${status}` };
  const words = excerptOf(answer.text);
  const reason = `it answered ${status}${rule?.why === undefined ? "" : `: ${rule.why}`}${words === "" ? "" : ` (${words})`}`;
  if (rule?.means === "again") return { kind: "again", reason, afterMs: retryAfterMs(answer.retryAfter, now) };
  return { kind: rule?.means === "gone" ? "gone" : "never", reason };
}

/** The receiver's words on one line, without what could steer a terminal. */
function excerptOf(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length > longestExcerpt ? `${line.slice(0, longestExcerpt)}…` : line;
}

/** `Retry-After` of RFC 9110: seconds or a date. undefined when absent or neither. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
