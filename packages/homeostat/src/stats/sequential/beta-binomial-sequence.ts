import { resolveInterval } from "../performance/estimate.ts";
import { type Invalid, invalid } from "../performance/refusal.ts";
import { logGamma } from "../special/log-gamma.ts";

export interface SequenceInterval {
  readonly kind: "sequence-interval";
  readonly lower: number;
  readonly upper: number;
  readonly n: number;
}

/**
 * Confidence sequence of a Bernoulli rate: an interval that holds at every n at once, so it may be refreshed at will.
 *
 *   { p : ln B(1/2 + s, 1/2 + f) - ln B(1/2, 1/2) - s ln p - f ln(1 - p) < ln(1 / alpha) },  ends by bisection
 *
 * P(true rate ever outside) <= alpha for independent rows of one rate. Wider than a fixed-n interval by about
 * sqrt(ln n). No rows give [0, 1]. `overdispersion` phi divides both counts. O(1), about 60 evaluations a side.
 * Source: Robbins (1970); Howard, Ramdas, McAuliffe, Sekhon (2021), Annals of Statistics 49.
 */
export function betaBinomialSequence(
  successes: number,
  failures: number,
  options: { readonly alpha?: number; readonly overdispersion?: number } = {},
): SequenceInterval | Invalid {
  const { alpha, overdispersion } = resolveInterval(options);
  for (const [i, count] of [successes, failures].entries()) {
    if (!Number.isFinite(count)) return invalid("not-finite", i);
    if (count < 0) return invalid("out-of-range", i);
  }
  const s = successes / overdispersion;
  const f = failures / overdispersion;
  const n = successes + failures;
  const mixture = logGamma(s + 0.5) + logGamma(f + 0.5) - logGamma(s + f + 1) - Math.log(Math.PI);
  const excess = (p: number): number =>
    mixture - (s === 0 ? 0 : s * Math.log(p)) - (f === 0 ? 0 : f * Math.log1p(-p)) + Math.log(alpha);
  const centre = n === 0 ? 0.5 : s / (s + f);
  return {
    kind: "sequence-interval",
    lower: s === 0 ? 0 : boundary(excess, 0, centre),
    upper: f === 0 ? 1 : boundary(excess, 1, centre),
    n,
  };
}

/** The point between `outside` (excess > 0) and `inside` (excess < 0) where the excess changes sign. */
function boundary(excess: (p: number) => number, outside: number, inside: number): number {
  let far = outside;
  let near = inside;
  // 1100 halvings reach the smallest double next to 0; the loop ends as soon as no double lies between.
  for (let step = 0; step < 1100; step++) {
    const middle = (far + near) / 2;
    if (middle === far || middle === near) break;
    if (excess(middle) > 0) far = middle;
    else near = middle;
  }
  return near;
}
