import { type BinnedAuc, binnedAuc } from "./binned-auc.ts";
import type { IntervalOptions } from "./estimate.ts";
import type { Insufficient, Invalid } from "./refusal.ts";
import { scoreGroupsOf } from "./score-groups.ts";

/**
 * Exact ROC AUC of rows, P(score of a positive > score of a negative) + 1/2 P(tie), with DeLong's variance and a
 * logit interval. `scores` may hold infinities, not NaN; `labels` are 0 or 1. Needs two rows of each class.
 * Assumes independent rows up to `overdispersion`. O(n log n).
 * Source: DeLong, DeLong, Clarke-Pearson (1988), in the mid-rank form of Sun and Xu (2014), IEEE SPL 21.
 */
export function exactAuc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: IntervalOptions = {},
): BinnedAuc | Insufficient | Invalid {
  const groups = scoreGroupsOf(scores, labels);
  if (groups.kind !== "score-groups") return groups;
  const result = binnedAuc(groups.positives, groups.negatives, options);
  return result.kind === "binned-auc" ? { ...result, binningBound: 0 } : result;
}
