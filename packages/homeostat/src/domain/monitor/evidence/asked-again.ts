import type { RepeatedQuestions } from "../../baseline/row-facts.ts";
import type { ProbeComparison } from "../../probe/probe.ts";

/** Questions that were asked more than once, by chance in the window or on purpose by probes. */
export interface AskedAgain {
  readonly repeats: readonly RepeatedQuestions[];
  /** The same over the baseline; empty where the model is known to be deterministic. */
  readonly reference: readonly RepeatedQuestions[];
  /** Served by our own gateway, whose models answer one vector in one way: any difference is one too many. */
  readonly deterministic: boolean;
  /** Probes that ran while the window lasted. */
  readonly probes: readonly ProbeComparison[];
}
