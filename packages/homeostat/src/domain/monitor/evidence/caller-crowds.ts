import type { Crowd, ScoreBand } from "../../baseline/row-facts.ts";

/** Many slightly different inputs of one caller in one place, beside the fullest places of the baseline's windows. */
export interface CallerCrowds {
  readonly crowds: readonly Crowd[];
  readonly reference: readonly Crowd[];
  readonly band: ScoreBand;
  /** Share of the baseline's rows with a score in the band. */
  readonly bandShare: number;
}
