import type { Instant } from "../instant.ts";
import type { RetentionRule } from "../system/system.ts";

/** What one look at a system's rows dropped. */
export interface Retirement {
  readonly system: string;
  readonly at: Instant;
  /** Rows received before it were dropped. */
  readonly receivedBefore: Instant;
  readonly reason: "age" | "bytes";
  readonly predictions: number;
  readonly outcomes: number;
  /** Windows that lost rows: what was counted of them stays, and they are not counted again. */
  readonly windows: number;
}

export interface RetirementStore {
  record(retirement: Retirement): Promise<void>;
  /** Newest first. */
  list(system: string): Promise<readonly Retirement[]>;
}

/** The rows of a system as retention sees them. */
export interface KeptRows {
  readonly predictions: number;
  readonly bytes: number;
  readonly oldestReceivedAt: Instant | undefined;
}

/**
 * Which rows must go: those received before the answer. Undefined: none. By bytes the share of rows that is too much is
 * taken from the oldest, so `receivedAtShare` is asked for the receive time below which that share lies.
 */
export async function dropBefore(
  rule: RetentionRule,
  kept: KeptRows,
  now: Instant,
  receivedAtShare: (share: number) => Promise<Instant>,
): Promise<{ readonly receivedBefore: Instant; readonly reason: "age" | "bytes" } | undefined> {
  const { oldestReceivedAt } = kept;
  if (oldestReceivedAt === undefined) return undefined;
  const byAge = rule.ageMs === undefined ? undefined : now - rule.ageMs;
  const byBytes =
    rule.bytes === undefined || kept.bytes <= rule.bytes
      ? undefined
      : await receivedAtShare(1 - rule.bytes / kept.bytes);
  if (byBytes !== undefined && (byAge === undefined || byBytes > byAge))
    return { receivedBefore: byBytes, reason: "bytes" };
  return byAge !== undefined && oldestReceivedAt < byAge ? { receivedBefore: byAge, reason: "age" } : undefined;
}
