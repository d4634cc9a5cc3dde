/**
 * `ln(1 + x) − x`, without the cancellation that ruins the direct form near zero.
 *
 * Used by every saddle-point form here: the deviance of a large count is a tiny difference of huge terms, and this is
 * the piece that carries all of its information. Shapes: x > −1, dimensionless. Returns −Infinity at −1, NaN below.
 * Source: with `r = x/(2+x)`, `ln(1+x) = 2·artanh(r)`, so the difference is `r·(2Σ r^{2k}/(2k+1) − x)` with the
 * leading terms removed by hand. Cost: at most about 25 multiplications. Error: a few units in the last place.
 */
export function logOnePlusMinus(x: number): number {
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x < -0.5 || x > 1) return Math.log1p(x) - x;
  const r = x / (2 + x);
  const square = r * r;
  let power = square;
  let sum = 0;
  for (let k = 1; k < 60; k++) {
    const term = power / (2 * k + 1);
    sum += term;
    if (term < 1e-18 * sum) break;
    power *= square;
  }
  return r * (2 * sum - x);
}
