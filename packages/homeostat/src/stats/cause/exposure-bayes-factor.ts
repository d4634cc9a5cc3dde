/**
 * Natural logarithm of the Bayes factor of "this exposure explains the change" against "it does not", from a z value.
 *
 *     ln BF10 = -ln(1 + kappa) / 2 + max(z, 0)^2 / 2 * kappa / (1 + kappa)
 *
 * Under the alternative the effect has a normal prior whose variance is `kappa` times the squared standard error.
 * A z at or below zero gives the least value, -ln(1 + kappa)/2: exposure contradicts the suspicion, mildly, because the
 * contrast may have been too small to see. Capped at ln 1e4 so that one contrast cannot outweigh all else by itself.
 * Assumes an approximately normal z. Cost: O(1). Source: algorithms specification, section 6.1.
 */
export function lnExposureBayesFactor(z: number, kappa = 8, cap = 1e4): number {
  const positive = Math.max(0, z);
  return Math.min(Math.log(cap), -0.5 * Math.log1p(kappa) + (0.5 * positive * positive * kappa) / (1 + kappa));
}
