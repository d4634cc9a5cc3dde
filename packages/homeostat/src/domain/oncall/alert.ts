import type { Labels } from "./matcher.ts";

/** A finding as paging sees it: what it is about, and where it stands in the lineage. */
export interface Alert {
  /** The finding's id. */
  readonly id: string;
  readonly incident: number;
  readonly labels: Labels;
}
