import type { Instant } from "../instant.ts";

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
