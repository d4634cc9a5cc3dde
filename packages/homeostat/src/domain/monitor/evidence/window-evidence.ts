import type { FeatureAge } from "../../baseline/row-facts.ts";
import type { SeparationReport } from "../../examination/separation.ts";
import type { ReplayOutcome } from "../../skew/replay.ts";
import type { AskedAgain } from "./asked-again.ts";
import type { CallerCrowds } from "./caller-crowds.ts";
import type { Cohorts } from "./cohorts.ts";
import type { LossSeries } from "./loss-series.ts";
import type { LossSplits } from "./loss-splits.ts";
import type { PastEstimates } from "./past-estimates.ts";
import type { ServiceEvidence } from "./service-evidence.ts";
import type { WindowHistory } from "./window-history.ts";

/**
 * What a monitor may look at beside the window's own counts: one member, one file of this folder, one gatherer in
 * `service/sense/evidence`. A member is gathered only where an active monitor needs it (`MonitorDefinition.needs`). One
 * that could not be gathered is absent: the monitor then answers `not-checked` or `not-enough-data`, never healthy.
 */
export interface WindowEvidence {
  readonly service?: ServiceEvidence | undefined;
  readonly history?: WindowHistory | undefined;
  readonly splits?: LossSplits | undefined;
  readonly pastEstimates?: PastEstimates | undefined;
  /** Logged rows recomputed by the training pipeline. */
  readonly replay?: ReplayOutcome | undefined;
  /** Whether a classifier can tell the window's rows from the baseline's; only of windows that were examined. */
  readonly separation?: SeparationReport | undefined;
  readonly ages?: readonly FeatureAge[] | undefined;
  readonly crowds?: CallerCrowds | undefined;
  readonly askedAgain?: AskedAgain | undefined;
  readonly lossSeries?: LossSeries | undefined;
  readonly cohorts?: Cohorts | undefined;
}

export type EvidenceName = keyof WindowEvidence;
