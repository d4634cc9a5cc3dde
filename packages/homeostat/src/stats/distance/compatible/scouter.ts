import { chiSquaredUpperQuantile } from "../../special/chi-squared-quantile.ts";
import { normalQuantile } from "../../special/normal-quantile.ts";

/* The numbers that Scouter shows. Its thresholds are one-sample: they take the reference as exact. */

/** `psi/scouter`: `Σ (p − q)·ln(p/q)` with 1e-10 added to both shares inside the logarithm and the difference. */
export function scouterPsi(pairs: readonly (readonly [number, number])[]): number {
  return pairs.reduce((sum, [p, q]) => sum + (p - q) * Math.log((p + 1e-10) / (q + 1e-10)), 0);
}

/** `psi-threshold/scouter`: `χ²_{alpha, B−1}/M`, M the window rows (no 1/N of the reference). */
export function scouterChiSquareThreshold(bins: number, windowRows: number, alpha: number): number {
  return chiSquaredUpperQuantile(alpha, bins - 1) / windowRows;
}

/** `psi-threshold-normal/scouter`: `(B−1)/M + z_alpha·√(2(B−1))/M`. */
export function scouterNormalThreshold(bins: number, windowRows: number, alpha: number): number {
  return (bins - 1 - normalQuantile(alpha) * Math.sqrt(2 * (bins - 1))) / windowRows;
}
