/**
 * Trend of the last `window` returns in standard errors: z_t = sum r / (s sqrt(window)), s the window's sample deviation.
 *
 * One entry per step from `window - 1` on; null where the window holds a non-finite return or no variation.
 * Cost: O(steps * window). Source: algorithms specification, section 8.
 */
export function trendZ(returns: ArrayLike<number>, window = 20): readonly (number | null)[] {
  if (!(Number.isInteger(window) && window >= 2))
    throw new RangeError(`a trend needs a window of at least 2 steps, not ${window}`);
  const result: (number | null)[] = [];
  for (let end = window; end <= returns.length; end++) {
    let sum = 0;
    for (let t = end - window; t < end; t++) sum += returns[t] ?? Number.NaN;
    const mean = sum / window;
    let squares = 0;
    for (let t = end - window; t < end; t++) squares += ((returns[t] ?? Number.NaN) - mean) ** 2;
    const z = sum / (Math.sqrt(squares / (window - 1)) * Math.sqrt(window));
    result.push(Number.isFinite(z) ? z : null);
  }
  return result;
}
