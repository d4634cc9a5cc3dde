import type { ReleaseStage } from "../../../domain/release/release.ts";

/** A partial unique index allows one `live` row per system. */
export interface ReleasesTable {
  readonly system: string;
  readonly id: string;
  readonly number: number;
  readonly stage: ReleaseStage;
  readonly model: string | null;
  readonly pipeline: string;
  readonly baseline: string | null;
  readonly note: string;
  readonly created_at: number;
  readonly live_since: number | null;
  readonly retired_at: number | null;
}
