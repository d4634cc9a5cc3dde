import { normalQuantile } from "../special/normal-quantile.ts";

export interface PairedPlan {
  /** Share of pairs on which the losses differ (p_d), or the mean squared difference of real-valued losses. */
  readonly discordance: number;
  /** Difference of mean loss to be found, or distance to the margin. */
  readonly difference: number;
  readonly alpha?: number;
  readonly power?: number;
}

export type SampleSize =
  | { readonly kind: "needed"; readonly n: number }
  /** A difference of zero, or larger than the discordance allows, cannot be planned for. */
  | { readonly kind: "impossible" };

/**
 * Pairs needed to find a difference of mean loss between two models on the same rows (one-sided, fixed n).
 *
 *     n = (z_alpha sqrt(p_d) + z_beta sqrt(p_d - d^2))^2 / d^2
 *
 * Rounded up; (p_d, d) = (.06, .01) gives 3708. A test that may be looked at continuously takes about 1.2 to 1.5 times as many.
 * Cost: O(1). Source: Connor 1987; algorithms specification, section 7.
 */
export function pairsNeeded(plan: PairedPlan): SampleSize {
  const d = Math.abs(plan.difference);
  if (!(d > 0 && plan.discordance >= d * d && plan.discordance <= 1)) return { kind: "impossible" };
  const a = normalQuantile(1 - (plan.alpha ?? 0.05)) * Math.sqrt(plan.discordance);
  const b = normalQuantile(plan.power ?? 0.8) * Math.sqrt(plan.discordance - d * d);
  return { kind: "needed", n: Math.ceil((a + b) ** 2 / (d * d)) };
}

/**
 * Rows needed per arm when the two models see different rows (one-sided, fixed n).
 *
 *     n = (z_alpha + z_beta)^2 (p(1-p) + (p+d)(1-p-d)) / d^2;    p = .1, d = .01 gives 11,618
 *
 * Cost: O(1). Source: Fleiss 1981; algorithms specification, section 7.
 */
export function rowsNeededPerArm(rate: number, difference: number, alpha = 0.05, power = 0.8): SampleSize {
  const other = rate + difference;
  if (!(difference !== 0 && rate >= 0 && rate <= 1 && other >= 0 && other <= 1)) return { kind: "impossible" };
  const z = normalQuantile(1 - alpha) + normalQuantile(power);
  return {
    kind: "needed",
    n: Math.ceil((z * z * (rate * (1 - rate) + other * (1 - other))) / (difference * difference)),
  };
}
