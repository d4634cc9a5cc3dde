/** The mergeable first two moments of a list: how many, their mean, and the sum of squared deviations from that mean. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

/** The moments of nothing: the neutral element of `mergeMoments`. */
export const NO_MOMENTS: Moments = { n: 0, mean: 0, m2: 0 };

/**
 * The moments of a list in one pass. Empty gives `NO_MOMENTS`; NaN or an infinity spreads to mean and m2 as NaN.
 *
 * Unlike Σx and Σx², this keeps the variance of values with a large common offset. Cost: O(n).
 * Source: Welford (1962).
 */
export function momentsOf(values: Iterable<number>): Moments {
  let n = 0;
  let mean = 0;
  let m2 = 0;
  for (const value of values) {
    n += 1;
    const before = value - mean;
    mean += before / n;
    m2 += before * (value - mean);
  }
  return { n, mean, m2 };
}

/**
 * The moments of two lists put together, from their moments alone; associative and commutative up to rounding.
 *
 * Cost: O(1). Source: Chan, Golub & LeVeque (1979).
 */
export function mergeMoments(left: Moments, right: Moments): Moments {
  if (left.n === 0) return right;
  if (right.n === 0) return left;
  const n = left.n + right.n;
  const gap = right.mean - left.mean;
  return {
    n,
    mean: left.mean + gap * (right.n / n),
    m2: left.m2 + right.m2 + gap * gap * (left.n * (right.n / n)),
  };
}

/**
 * The moments behind the sums (n, Σx, Σx²) that a data store keeps. Rounding can make the difference slightly negative;
 * it is then 0. Prefer `momentsOf` when the values have a large common offset. n = 0 gives `NO_MOMENTS`.
 */
export function momentsFromSums(n: number, sum: number, sumOfSquares: number): Moments {
  if (n === 0) return NO_MOMENTS;
  const mean = sum / n;
  return { n, mean, m2: Math.max(0, sumOfSquares - sum * mean) };
}

/**
 * The variance: m2 / (n − ddof). With `ddof` 1 (default) it is the unbiased estimate, with 0 the mean squared deviation.
 * NaN when n ≤ ddof: a single value says nothing about spread, and that must not read as zero spread.
 */
export function varianceOf(moments: Moments, ddof: 0 | 1 = 1): number {
  return moments.n > ddof ? moments.m2 / (moments.n - ddof) : Number.NaN;
}
