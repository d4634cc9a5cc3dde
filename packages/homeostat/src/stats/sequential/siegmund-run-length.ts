/**
 * Average run length of a one-sided CUSUM of N(shift, 1) variables, Siegmund's corrected diffusion approximation:
 *
 *   ARL = (e^{2ab} - 2ab - 1)/(2a^2) with a = k - shift, b = h + 1.166;  b^2 when a = 0
 *
 * shift = 0 gives the run length to a false alarm, shift = 2k the mean delay. Good to about 7 % for k in 0.25..1 and h
 * in 3..10. k >= 0, h > 0. Overflow gives Infinity: no false alarm in practice. O(1).
 * Source: Siegmund (1985), Sequential Analysis, 2.4; Montgomery, Introduction to Statistical Quality Control.
 */
export function siegmundRunLength(k: number, h: number, shift = 0): number {
  if (!(k >= 0 && h > 0)) throw new RangeError(`k must be >= 0 and h > 0, got ${k} and ${h}`);
  const drift = k - shift;
  const b = h + 1.166;
  const x = 2 * drift * b;
  // Below this the numerator x^2/2 + x^3/6 would be all rounding: use its series.
  if (Math.abs(x) < 1e-4) return b * b * (1 + x / 3);
  return (Math.expm1(x) - x) / (2 * drift * drift);
}

/**
 * The threshold h at which a one-sided CUSUM with reference k has the average run length `runLength` to a false alarm
 * (use twice the run length for a two-sided one). Bisection on Siegmund's formula, which rises with h. A run length too
 * short to reach at any h > 0 gives the smallest positive h. k > 0, runLength > 1. O(1).
 */
export function cusumThreshold(k: number, runLength: number): number {
  if (!(k > 0 && runLength > 1 && Number.isFinite(runLength)))
    throw new RangeError(`k must be > 0 and runLength > 1, got ${k} and ${runLength}`);
  let low = Number.MIN_VALUE;
  let high = 1;
  while (siegmundRunLength(k, high) < runLength) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (siegmundRunLength(k, middle) < runLength) low = middle;
    else high = middle;
  }
  return high;
}
