/**
 * Sample standard deviation (n - 1) of the last `window` returns, one entry per step from `window - 1` on; null where the
 * window holds a non-finite return.
 *
 * Its logarithm against a frozen reference by `robustZ` is the stress signal; the reference is usually the first 250
 * entries of the training period. Cost: O(steps * window). Source: algorithms specification, section 8.
 */
export function rollingVolatility(returns: ArrayLike<number>, window = 20): readonly (number | null)[] {
  if (!(Number.isInteger(window) && window >= 2))
    throw new RangeError(`a deviation needs a window of at least 2 steps, not ${window}`);
  const result: (number | null)[] = [];
  for (let end = window; end <= returns.length; end++) {
    let sum = 0;
    for (let t = end - window; t < end; t++) sum += returns[t] ?? Number.NaN;
    let squares = 0;
    for (let t = end - window; t < end; t++) squares += ((returns[t] ?? Number.NaN) - sum / window) ** 2;
    const deviation = Math.sqrt(squares / (window - 1));
    result.push(Number.isFinite(deviation) ? deviation : null);
  }
  return result;
}
