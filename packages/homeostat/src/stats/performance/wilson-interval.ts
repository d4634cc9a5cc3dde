import { clampUnit, type IntervalOptions, resolveInterval } from "./estimate.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "./refusal.ts";

export interface Interval {
  readonly kind: "interval";
  readonly lower: number;
  readonly upper: number;
}

/**
 * Wilson score interval of a proportion.
 *
 *   m = n / phi, p = k / n:  (p + z^2/2m -+ z sqrt(p(1-p)/m + z^2/4m^2)) / (1 + z^2/m)
 *
 * `successes` k of `n` rows; both may be fractional (weighted counts). The ends are exactly 0 at k = 0 and 1 at k = n.
 * Assumes independent rows once `overdispersion` phi is given. Averaged over p the coverage is
 * 1 - alpha for any n >= 1; at a single (n, p) it swings by a few points (0.92 at n = 25, p = 0.3), which
 * Clopper-Pearson never does downwards. n = 0 is refused. O(1).
 * Source: Wilson (1927), JASA 22; recommended by Brown, Cai, DasGupta (2001), Statistical Science 16.
 */
export function wilsonInterval(
  successes: number,
  n: number,
  options: IntervalOptions = {},
): Interval | Insufficient | Invalid {
  const { z, overdispersion } = resolveInterval(options);
  if (!Number.isFinite(successes) || !Number.isFinite(n)) return invalid("not-finite", 0);
  if (successes < 0 || n < 0 || successes > n) return invalid("out-of-range", 0);
  if (n === 0) return insufficient("no-rows", 0, 1);
  const p = successes / n;
  const m = n / overdispersion;
  const z2 = z * z;
  const centre = p + z2 / (2 * m);
  const half = z * Math.sqrt((p * (1 - p)) / m + z2 / (4 * m * m));
  const scale = 1 + z2 / m;
  return {
    kind: "interval",
    lower: successes === 0 ? 0 : clampUnit((centre - half) / scale),
    upper: successes === n ? 1 : clampUnit((centre + half) / scale),
  };
}
