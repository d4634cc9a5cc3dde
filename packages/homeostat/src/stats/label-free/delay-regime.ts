import {
  firstBadCount,
  type Insufficient,
  type Invalid,
  insufficient,
  requireSameLength,
} from "../performance/refusal.ts";
import { kolmogorovSurvival } from "../special/kolmogorov-survival.ts";

/**
 * How late labels must be treated. "ignorable": use the labelled rows, quote the smaller n. "outcome-dependent": weight
 * by class-specific arrival (`inverseDelayMean`). "silent-negatives": negatives never report (`exposureAdjustedRate`).
 */
export type DelayRegime =
  | { readonly kind: "ignorable"; readonly distance: number; readonly p: number }
  | {
      readonly kind: "outcome-dependent";
      readonly distance: number;
      readonly p: number;
      readonly slower: "positives" | "negatives";
    }
  | { readonly kind: "silent-negatives" };

/**
 * Which delay regime a system is in, from mature days only (every label that will come has come).
 *
 *   D = largest distance between the delay distributions of positives and negatives; Kolmogorov's law at Stephens'
 *   (sqrt(e) + 0.12 + 0.11/sqrt(e)) D, e = n m / (n + m) / phi;  outcome-dependent when p < alpha (0.01)
 *
 * `positiveDelays[k]`, `negativeDelays[k]`: labels that took delay k. Delays in whole days are tied, which makes the
 * test
 * conservative. With positives and not one negative label ever, the negatives are silent. Refused with fewer than 20
 * labels in either class otherwise. O(delays).
 */
export function delayRegime(
  positiveDelays: ArrayLike<number>,
  negativeDelays: ArrayLike<number>,
  options: { readonly alpha?: number; readonly overdispersion?: number } = {},
): DelayRegime | Insufficient | Invalid {
  requireSameLength(positiveDelays, negativeDelays, "delays of positives and negatives");
  const { alpha = 0.01, overdispersion = 1 } = options;
  if (!(alpha > 0 && alpha < 1) || !(overdispersion >= 1)) throw new RangeError("alpha in (0, 1), overdispersion >= 1");
  const bad = firstBadCount(positiveDelays) ?? firstBadCount(negativeDelays);
  if (bad !== null) return bad;
  const positives = Array.from(positiveDelays).reduce((sum, c) => sum + c, 0);
  const negatives = Array.from(negativeDelays).reduce((sum, c) => sum + c, 0);
  if (positives >= MINIMUM_LABELS && negatives === 0) return { kind: "silent-negatives" };
  const fewest = Math.min(positives, negatives);
  if (fewest < MINIMUM_LABELS) return insufficient("too-few-labels", fewest, MINIMUM_LABELS);
  let gap = 0;
  let widest = 0;
  for (let k = 0; k < positiveDelays.length; k++) {
    gap += (positiveDelays[k] as number) / positives - (negativeDelays[k] as number) / negatives;
    if (Math.abs(gap) > Math.abs(widest)) widest = gap;
  }
  const distance = Math.abs(widest);
  const root = Math.sqrt((positives * negatives) / (positives + negatives) / overdispersion);
  const p = kolmogorovSurvival((root + 0.12 + 0.11 / root) * distance);
  if (p >= alpha) return { kind: "ignorable", distance, p };
  return { kind: "outcome-dependent", distance, p, slower: widest < 0 ? "positives" : "negatives" };
}

const MINIMUM_LABELS = 20;
