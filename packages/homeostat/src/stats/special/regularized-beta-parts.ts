import { relativeDeviance } from "./relative-deviance.ts";
import { HALF_LOG_TWO_PI, stirlingError } from "./stirling-error.ts";

/** The regularised incomplete beta function and its complement; they sum to one. */
export interface BetaParts {
  readonly lower: number;
  readonly upper: number;
}

/**
 * `I_x(a,b)` and `1 − I_x(a,b)`, the smaller one computed directly.
 *
 * Shapes: a > 0, b > 0, 0 ≤ x ≤ 1 and `complement = 1 − x`, passed by the caller because a caller that knows
 * `t²/(df+t²)` knows both to full precision while `1 − x` may not. Anything else gives NaN twice.
 * Method: continued fraction on the side of the mean where it converges, modified Lentz; the factor before it in
 * saddle-point form, so counts of 10⁹ keep their digits. Cost: O(√max(a,b)) terms at worst.
 * Source: DiDonato & Morris (1992), algorithm 708; Loader (2000). Accuracy: about 1e-13 relative for a, b ≤ 10⁶.
 */
export function regularizedBetaParts(a: number, b: number, x: number, complement: number): BetaParts {
  if (!(a > 0 && b > 0 && x >= 0 && complement >= 0) || !Number.isFinite(a + b)) {
    return { lower: Number.NaN, upper: Number.NaN };
  }
  if (x === 0) return { lower: 0, upper: 1 };
  if (complement === 0) return { lower: 1, upper: 0 };
  if (x <= (a + 1) / (a + b + 2)) {
    const lower = Math.min(1, lowerTail(a, b, x, complement));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, lowerTail(b, a, complement, x));
  return { lower: 1 - upper, upper };
}

function lowerTail(a: number, b: number, x: number, y: number): number {
  return Math.exp(logPrefactor(a, b, x, y)) * continuedFraction(a, b, x, y);
}

/** `ln [ x^a y^b / (a·B(a,b)) ]`, by deviances around the mean a/(a+b). */
function logPrefactor(a: number, b: number, x: number, y: number): number {
  const total = a + b;
  const meanX = a / total;
  const meanY = b / total;
  const shift = x < y ? x - meanX : meanY - y;
  const deviance = a * relativeDeviance(x, meanX, shift) + b * relativeDeviance(y, meanY, -shift);
  const remainder = stirlingError(total) - stirlingError(a) - stirlingError(b);
  return deviance + remainder - HALF_LOG_TWO_PI + 0.5 * (Math.log(meanY) - Math.log(a));
}

/**
 * The continued fraction of `I_x(a,b)·a·B(a,b)/(x^a y^b)` in its even form, whose terms hold `a − (a+b)x` as one number:
 * for b much smaller than a (Student's t with many degrees of freedom) that number is far below one, and the usual form
 * would take it as a difference of ones. Source: DiDonato & Morris (1992), equation 9.
 */
function continuedFraction(a: number, b: number, x: number, y: number): number {
  const gap = x <= y ? a - (a + b) * x : (a + b) * y - b;
  let c = (a / (a + 1)) * (gap + 1);
  let d = 0;
  let fraction = c;
  const limit = 500 + 40 * Math.sqrt(Math.max(a, b));
  for (let n = 1; n < limit; n++) {
    const odd = a + 2 * n - 1;
    const bend = n * (b - n) * x;
    const top = ((a + n - 1) / odd) * ((a + b + n - 1) / odd) * (bend * x);
    const bottom = n + bend / odd + ((a + n) / (odd + 2)) * (gap + 1 + n * (1 + y));
    d = 1 / awayFromZero(bottom + top * d);
    c = awayFromZero(bottom + top / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return a / fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
