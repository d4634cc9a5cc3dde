import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";

/** What the windows before lost, as their outcomes stand now; windows whose outcomes are not there are left out. */
export interface LossSeries {
  /** Of all rows, oldest first, at most the last 180 windows. */
  readonly all: readonly MomentSums[];
  /** Of every segment, the last eight windows added up, by segment key. */
  readonly recent: ReadonlyMap<string, MomentSums>;
}
