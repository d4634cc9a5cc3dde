import type { Labels } from "./matcher.ts";

/** A finding as paging sees it: what it is about, and where it stands in the lineage. */
export interface Alert {
  /** The finding's id. */
  readonly id: string;
  readonly incident: number;
  readonly labels: Labels;
}

/** Every label that an alert can have; a segment's is `segment.` and its name. */
export const alertLabels = [
  "system",
  "area",
  "owner",
  "monitor",
  "layer",
  "severity",
  "feature",
  "metric",
  "source",
] as const;
