import type { Instant } from "../instant.ts";

/** Facets as they came, by name. Unknown ones are kept: whoever knows them will ask. */
export type Facets = Readonly<Record<string, unknown>>;

export const runEventTypes = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"] as const;
export type RunEventType = (typeof runEventTypes)[number];

/** A run as its events told it, whatever their order. */
export interface LineageRun {
  readonly id: string;
  readonly job: string;
  readonly state: RunEventType;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** Time of the newest event. */
  readonly toldAt: Instant;
  readonly facets: Facets;
  /** Time of the event that each facet is from. */
  readonly facetsToldAt: Readonly<Record<string, Instant>>;
}
