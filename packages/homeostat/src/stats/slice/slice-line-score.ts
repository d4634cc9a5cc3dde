export interface SliceLineScoreInput {
  /** Weight of the error against the size, in (0, 1]. */
  readonly alpha: number;
  readonly sliceRows: number;
  readonly sliceLoss: number;
  readonly rows: number;
  readonly loss: number;
}

/**
 * SliceLine score: how much worse than average, less a charge for being small.
 *
 *     score = alpha * ((e_S / |S|) / (E / n) - 1) - (1 - alpha) * (n / |S| - 1)
 *
 * Positive means worth showing. An empty slice, or data without any loss, scores minus infinity: never chosen.
 * Cost: O(1). Source: Sagadeeva and Boehm, SliceLine, SIGMOD 2021; algorithms specification, section 5.2.
 */
export function sliceLineScore(input: SliceLineScoreInput): number {
  const { alpha, sliceRows, sliceLoss, rows, loss } = input;
  if (!(sliceRows > 0 && rows > 0 && loss > 0)) return Number.NEGATIVE_INFINITY;
  return alpha * ((sliceLoss / sliceRows) * (rows / loss) - 1) - (1 - alpha) * (rows / sliceRows - 1);
}

export interface SliceLineBoundInput {
  readonly alpha: number;
  /** Least rows a slice must hold (sigma). */
  readonly minimumRows: number;
  /** Least rows over the parents. */
  readonly parentRows: number;
  /** Least total loss over the parents. */
  readonly parentLoss: number;
  /** Least, over the parents, of the greatest loss of a single row. */
  readonly parentMaximumLoss: number;
  readonly rows: number;
  readonly loss: number;
}

/**
 * Upper bound of the score of any slice contained in all the given parents.
 *
 *     max over x in { sigma, max(e/m, sigma), s } of alpha * ((min(x m, e) / x) / (E / n) - 1) - (1 - alpha) * (n / x - 1)
 *
 * A contained slice of x rows holds at most min(x m, e) loss; between these three sizes the bound is monotone, so no
 * other size can exceed it. Minus infinity when the parents are already too small. Exact pruning: drop a candidate when
 * this is at or below both zero and the score of the K-th best slice. Note that n is the number of rows.
 * Cost: O(1). Source: SliceLine, section 3; algorithms specification, section 5.2.
 */
export function sliceLineUpperBound(input: SliceLineBoundInput): number {
  const { minimumRows, parentRows, parentLoss, parentMaximumLoss } = input;
  if (parentRows < minimumRows || !(parentLoss > 0) || !(parentMaximumLoss > 0)) return Number.NEGATIVE_INFINITY;
  const even = Math.min(parentRows, Math.max(parentLoss / parentMaximumLoss, minimumRows));
  return Math.max(boundAt(minimumRows, input), boundAt(even, input), boundAt(parentRows, input));
}

function boundAt(sliceRows: number, input: SliceLineBoundInput): number {
  const sliceLoss = Math.min(sliceRows * input.parentMaximumLoss, input.parentLoss);
  return sliceLineScore({ alpha: input.alpha, sliceRows, sliceLoss, rows: input.rows, loss: input.loss });
}
