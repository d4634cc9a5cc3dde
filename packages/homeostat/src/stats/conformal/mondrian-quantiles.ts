import { type Insufficient, type Invalid, insufficient, requireSameLength } from "../performance/refusal.ts";
import { type ConformalQuantile, conformalQuantile } from "./conformal-quantile.ts";

export interface MondrianQuantiles {
  readonly kind: "mondrian-quantiles";
  readonly byGroup: ReadonlyMap<string, ConformalQuantile | Insufficient>;
}

/**
 * One conformal cut-off per group (protected slice, regime), so that the guarantee holds inside each group and not only
 * on average. A group with fewer than `minimum` (200) calibration scores is refused, not pooled: a pooled cut-off is
 * exactly the promise that does not hold for it. `scores[i]` belongs to `groups[i]`. O(n log n).
 * Source: Vovk (2012), ACML, "Conditional validity of inductive conformal predictors".
 */
export function mondrianQuantiles(
  scores: readonly number[],
  groups: readonly string[],
  alpha: number,
  minimum = 200,
): MondrianQuantiles | Invalid {
  requireSameLength(scores, groups, "scores and groups");
  const byGroup = new Map<string, number[]>();
  for (const [i, group] of groups.entries()) {
    const list = byGroup.get(group) ?? [];
    list.push(scores[i] ?? Number.NaN);
    byGroup.set(group, list);
  }
  const answers = new Map<string, ConformalQuantile | Insufficient>();
  for (const [group, list] of byGroup) {
    const quantile = conformalQuantile(list, alpha);
    if (quantile.kind === "invalid") return { ...quantile, index: scores.findIndex((s) => Number.isNaN(s)) };
    answers.set(group, list.length < minimum ? insufficient("too-few-labels", list.length, minimum) : quantile);
  }
  return { kind: "mondrian-quantiles", byGroup: answers };
}
