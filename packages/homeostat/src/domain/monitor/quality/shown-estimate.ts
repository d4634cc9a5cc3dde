import type { Estimate as StatisticalEstimate } from "../../../stats/performance/estimate.ts";
import type { Refusal } from "../../../stats/performance/refusal.ts";
import type { Estimate } from "../../model/model-store.ts";

/** An estimate as it is shown; undefined where the statistics room would not give one. */
export function shownEstimate(estimate: StatisticalEstimate | Refusal): Estimate | undefined {
  return estimate.kind === "estimate"
    ? { value: estimate.value, low: estimate.lower, high: estimate.upper }
    : undefined;
}
