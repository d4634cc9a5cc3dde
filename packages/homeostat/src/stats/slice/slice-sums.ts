/** One condition of a slice: the encoded column and the code it must hold. */
export interface SlicePredicate {
  readonly column: number;
  readonly code: number;
}

/**
 * Sums of one set of rows over a baseline and a current period: everything a slice is judged by.
 *
 * The loss of a row lies in [0, 1] for 0/1 errors, or is any non-negative number. For 0/1 losses the sums of squares
 * equal the sums of losses and may be left out; for real-valued losses they must be given.
 */
export interface SliceSums {
  readonly baselineRows: number;
  readonly baselineLoss: number;
  readonly baselineSquares?: number;
  readonly currentRows: number;
  readonly currentLoss: number;
  readonly currentSquares?: number;
}

/** `whole` without `part`, never below zero. Cost: O(1). */
export function sumsWithout(whole: SliceSums, part: SliceSums): SliceSums {
  const plain = {
    baselineRows: Math.max(0, whole.baselineRows - part.baselineRows),
    baselineLoss: Math.max(0, whole.baselineLoss - part.baselineLoss),
    currentRows: Math.max(0, whole.currentRows - part.currentRows),
    currentLoss: Math.max(0, whole.currentLoss - part.currentLoss),
  };
  if (whole.baselineSquares === undefined && whole.currentSquares === undefined) return plain;
  return {
    ...plain,
    baselineSquares: Math.max(0, squaresOf(whole, "baseline") - squaresOf(part, "baseline")),
    currentSquares: Math.max(0, squaresOf(whole, "current") - squaresOf(part, "current")),
  };
}

/** Sum of squared losses of a period, taking a 0/1 loss when squares are not given. */
export function squaresOf(sums: SliceSums, period: "baseline" | "current"): number {
  if (period === "baseline") return sums.baselineSquares ?? sums.baselineLoss;
  return sums.currentSquares ?? sums.currentLoss;
}

/** The least rows a slice must hold in a period of `rows` rows: max(50, 0.5 %). Section 5.4. */
export function minimumSupport(rows: number, least = 50, share = 0.005): number {
  return Math.max(least, Math.ceil(share * rows));
}
