import { firstBadCount, type Insufficient, type Invalid, insufficient, invalid, requireSameLength } from "./refusal.ts";

/** A non-decreasing piecewise linear function: constant outside the first and last knot. */
export interface IsotonicFit {
  readonly kind: "isotonic-fit";
  /** Ascending, both ends of every pooled block. */
  readonly knots: Float64Array;
  readonly values: Float64Array;
}

/**
 * Weighted isotonic least squares: the non-decreasing f that minimises sum w (y - f(x))^2, by pool adjacent violators.
 *
 * `x` finite, any order; `y` finite; `weights` >= 0 (default 1; rows of weight 0 are ignored). Equal x are averaged
 * first, so they get one value. Between blocks `predictIsotonic` interpolates linearly; outside it is constant.
 * Nothing of positive weight is refused. O(n log n), memory O(distinct x).
 * Source: Ayer et al. (1955); Barlow et al. (1972), Statistical Inference under Order Restrictions.
 */
export function isotonicRegression(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicFit | Insufficient | Invalid {
  requireSameLength(x, y, "x and y");
  if (weights !== undefined) requireSameLength(x, weights, "x and weights");
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) return invalid("not-finite", i);
  const bad = weights === undefined ? null : firstBadCount(weights);
  if (bad !== null) return bad;
  const points = averagedTies(x, y, weights);
  if (points.length === 0) return insufficient("no-rows", 0, 1);
  return fitOf(pooled(points));
}

/** The value of a fit at `x`. NaN in, NaN out: the caller refuses rows before predicting. O(log knots). */
export function predictIsotonic(fit: IsotonicFit, x: number): number {
  const { knots, values } = fit;
  const last = knots.length - 1;
  if (x <= (knots[0] as number)) return values[0] as number;
  if (x >= (knots[last] as number)) return values[last] as number;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((knots[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const left = knots[low] as number;
  const from = values[low] as number;
  const share = (x - left) / ((knots[high] as number) - left);
  return from + share * ((values[high] as number) - from);
}

interface Block {
  readonly from: number;
  to: number;
  weight: number;
  mean: number;
}

function averagedTies(x: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): Block[] {
  const order = Uint32Array.from({ length: x.length }, (_, i) => i).sort((a, b) => (x[a] as number) - (x[b] as number));
  const blocks: Block[] = [];
  for (const row of order) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    if (weight === 0) continue;
    const at = x[row] as number;
    const value = y[row] as number;
    const last = blocks[blocks.length - 1];
    if (last !== undefined && last.from === at) absorb(last, { from: at, to: at, weight, mean: value });
    else blocks.push({ from: at, to: at, weight, mean: value });
  }
  return blocks;
}

function pooled(points: readonly Block[]): Block[] {
  const stack: Block[] = [];
  for (const point of points) {
    let current = point;
    for (
      let top = stack[stack.length - 1];
      top !== undefined && top.mean >= current.mean;
      top = stack[stack.length - 1]
    ) {
      stack.pop();
      absorb(top, current);
      current = top;
    }
    stack.push(current);
  }
  return stack;
}

/** Weighted mean as an update, not a ratio of sums: stays inside the range of the two means. */
function absorb(into: Block, other: Block): void {
  into.weight += other.weight;
  into.mean += (other.mean - into.mean) * (other.weight / into.weight);
  into.to = other.to;
}

function fitOf(blocks: readonly Block[]): IsotonicFit {
  const knots: number[] = [];
  const values: number[] = [];
  for (const block of blocks) {
    knots.push(block.from);
    values.push(block.mean);
    if (block.to === block.from) continue;
    knots.push(block.to);
    values.push(block.mean);
  }
  return { kind: "isotonic-fit", knots: Float64Array.from(knots), values: Float64Array.from(values) };
}
