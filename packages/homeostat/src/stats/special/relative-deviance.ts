import { logOnePlusMinus } from "./log-one-plus-minus.ts";

/**
 * `ln(x/mean) − (x − mean)/mean`, never positive, zero exactly at x = mean; both arguments positive.
 *
 * Multiplied by a count it is (minus half) the deviance of that count. `shift` is `x − mean`, given by the caller who
 * may know it better than the difference of two rounded numbers. Cost: O(1). Source: Loader (2000).
 */
export function relativeDeviance(x: number, mean: number, shift: number): number {
  const ratio = shift / mean;
  if (ratio > -0.5 && Number.isFinite(ratio)) return logOnePlusMinus(ratio);
  return Math.log(x) - Math.log(mean) - ratio;
}
