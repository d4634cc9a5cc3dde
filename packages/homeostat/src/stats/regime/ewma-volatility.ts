/**
 * Exponentially weighted volatility of a series of returns: s_t^2 = lambda s_{t-1}^2 + (1 - lambda) r_t^2.
 *
 * `returns` one per step, mean taken as zero; starts at the first return squared. Entry t uses returns up to and including
 * t. Non-finite returns repeat the last value and change nothing. Unit: that of the returns. Cost: O(steps).
 * Source: RiskMetrics 1996 (lambda .94 for daily steps); algorithms specification, section 8.
 */
export function ewmaVolatility(returns: ArrayLike<number>, lambda = 0.94): Float64Array {
  if (!(lambda >= 0 && lambda < 1)) throw new RangeError(`lambda must lie in [0, 1), not ${lambda}`);
  const volatility = new Float64Array(returns.length);
  let variance: number | null = null;
  for (let t = 0; t < returns.length; t++) {
    const r = returns[t] ?? Number.NaN;
    if (Number.isFinite(r)) variance = variance === null ? r * r : lambda * variance + (1 - lambda) * r * r;
    volatility[t] = Math.sqrt(variance ?? 0);
  }
  return volatility;
}
