/**
 * `ln Σ e^{v}`, without overflow or underflow of the summands.
 *
 * Shapes: any length; empty gives −Infinity (the logarithm of an empty sum). +Infinity anywhere gives +Infinity, NaN
 * anywhere gives NaN, and all −Infinity gives −Infinity. Cost: O(n), two passes. Error: one rounding per term.
 */
export function logSumExp(values: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isNaN(value)) return Number.NaN;
    if (value > largest) largest = value;
  }
  if (!Number.isFinite(largest)) return largest;
  let rest = 0;
  let skipped = false;
  for (const value of values) {
    if (!skipped && value === largest) skipped = true;
    else rest += Math.exp(value - largest);
  }
  return largest + Math.log1p(rest);
}
