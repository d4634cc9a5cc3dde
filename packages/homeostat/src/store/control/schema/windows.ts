import type { VerdictState } from "../../../domain/window/window.ts";

/** A window is dirty while `touches` (arrivals) and `settled_touches` (arrivals the last evaluation saw) differ. */
export interface WindowsTable {
  readonly system: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly rows: number;
  readonly labelled_rows: number;
  readonly evaluated_at: number | null;
  readonly verdict: VerdictState;
  readonly findings: number;
  readonly restatements: number;
  readonly profile_version: number;
  readonly touches: number;
  readonly settled_touches: number;
  readonly retired_at: number | null;
}
