import { dayMs, hourMs, type Instant } from "../instant.ts";

/** Which windows of the baseline a window is held against: all, or those of the same day or hour of the week. */
export type Season = "none" | "day-of-week" | "hour-of-week";

/** How event time is cut into windows. */
export interface WindowRule {
  readonly lengthMs: number;
  readonly latenessMs: number;
  readonly season: Season;
}

/** A stretch of event time: start inclusive, end exclusive. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

/** The tumbling window an instant falls in; windows are aligned to 1970-01-01T00:00Z. */
export function windowOf(instant: Instant, lengthMs: number): Window {
  const start = Math.floor(instant / lengthMs) * lengthMs;
  return { start, end: start + lengthMs };
}

const weekMs = 7 * dayMs;

/**
 * Windows with the same key are compared with each other: all alike, or those that start on the same day of the week in
 * UTC (`day-1` is Monday, as in ISO 8601; 1970-01-01 was a Thursday), or in the same hour of the week (`hour-000` is
 * Monday from midnight to one o'clock).
 */
export function seasonOf(window: Window, season: WindowRule["season"]): string {
  if (season === "none") return "all";
  const sinceMonday = (((window.start + 3 * dayMs) % weekMs) + weekMs) % weekMs;
  if (season === "hour-of-week") return `hour-${String(Math.floor(sinceMonday / hourMs)).padStart(3, "0")}`;
  return `day-${Math.floor(sinceMonday / dayMs) + 1}`;
}

export type VerdictState =
  | "healthy"
  | "warning"
  | "critical"
  | "not-enough-data"
  | "waiting-for-labels"
  | "not-checked";

/** What is known about one window of one system. */
export interface WindowRecord extends Window {
  readonly system: string;
  readonly rows: number;
  readonly labelledRows: number;
  /** undefined until the first evaluation. */
  readonly evaluatedAt: Instant | undefined;
  readonly verdict: VerdictState;
  readonly findings: number;
  readonly restatements: number;
  /** The profiles of this window that count; older ones were restated. 0 before the first evaluation. */
  readonly profileVersion: number;
  /** Rows or outcomes arrived after the last evaluation. */
  readonly dirty: boolean;
  /** Since when rows of it are gone by retention: its counts stay as they are, and it is never evaluated again. */
  readonly retiredAt?: Instant | undefined;
}

export interface WindowStore {
  /** Marks windows as having new rows or outcomes; creates those not known yet. */
  touch(system: string, starts: readonly Instant[], lengthMs: number): Promise<void>;
  /** Windows whose rows or outcomes changed since their evaluation, oldest first. */
  dirty(system: string): Promise<readonly WindowRecord[]>;
  /**
   * Stores the result of an evaluation. `dirty` is cleared only if nothing touched the window since `readAt`
   * (the touch counter read with `dirty`), so a row that arrives meanwhile is not forgotten.
   */
  settle(record: WindowRecord, touches: number): Promise<void>;
  /** Closes windows for good: they are never dirty again, and no evaluation that is under way changes them. */
  retire(system: string, starts: readonly Instant[], at: Instant): Promise<void>;
  touches(system: string, start: Instant): Promise<number>;
  /** The touch counters of all dirty windows, by start. */
  dirtyTouches(system: string): Promise<ReadonlyMap<Instant, number>>;
  list(system: string, range: { readonly from?: Instant; readonly to?: Instant }): Promise<readonly WindowRecord[]>;
}
