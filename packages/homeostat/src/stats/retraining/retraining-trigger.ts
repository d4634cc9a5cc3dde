export interface RetrainingTriggerInput {
  /** Lower bound of the extra cost of each day since the last retraining, oldest first; null where it is not known. */
  readonly excessCosts: readonly (number | null)[];
  /** Compute, labels, review and the expected cost of a failed release. */
  readonly retrainingCost: number;
}

export type RetrainingTrigger =
  | {
      readonly kind: "due" | "not-due";
      /** Sum of the positive excess costs so far. */
      readonly accumulated: number;
      readonly retrainingCost: number;
      /** Share of the retraining cost already paid in harm: 1 or more is due. */
      readonly share: number;
      /** Days whose cost is not known; they count as nothing, and the answer says so. */
      readonly unknownDays: number;
    }
  | { readonly kind: "insufficient"; readonly unknownDays: number };

/**
 * Ski-rental trigger: retrain when the harm since the last retraining has cost as much as retraining does.
 *
 *     due  <=>  sum over days of max(0, x_t) >= C
 *
 * Needs no model of the decay and costs at most twice what hindsight would have, for one cycle. Give lower bounds of the
 * excess, so that noise does not add up to a reason. `insufficient` when no day's cost is known. Cost: O(days).
 * Source: Karlin et al. 1988 (ski rental); Mahadevan and Mathioudakis, arXiv 2310.04216; specification section 12.
 */
export function retrainingTrigger(input: RetrainingTriggerInput): RetrainingTrigger {
  const { retrainingCost } = input;
  if (!(retrainingCost > 0 && Number.isFinite(retrainingCost)))
    throw new RangeError("the cost of retraining must be positive and finite");
  let accumulated = 0;
  let unknownDays = 0;
  for (const cost of input.excessCosts) {
    if (cost === null || !Number.isFinite(cost)) unknownDays += 1;
    else accumulated += Math.max(0, cost);
  }
  if (unknownDays === input.excessCosts.length) return { kind: "insufficient", unknownDays };
  const kind = accumulated >= retrainingCost ? "due" : "not-due";
  return { kind, accumulated, retrainingCost, share: accumulated / retrainingCost, unknownDays };
}
