import { logGamma } from "./log-gamma.ts";
import { logPoissonProbability } from "./log-poisson-probability.ts";

/** The two regularised incomplete gamma functions; they sum to one, and the smaller of them is the accurate one. */
export interface GammaParts {
  readonly lower: number;
  readonly upper: number;
}

/**
 * `P(a,x)` and `Q(a,x)` together, each computed directly on its own side so that neither tail is `1 − almost one`.
 *
 * Shapes: a > 0, x ≥ 0 (x = Infinity allowed); anything else gives NaN twice. Method: power series for x < a + 1,
 * modified Lentz continued fraction otherwise. Cost: O(√a) terms near x = a, O(1) far from it.
 * Source: Abramowitz & Stegun 6.5.29, 6.5.31; Lentz (1976). Accuracy: about 1e-14 relative for a ≤ 10⁶.
 */
export function regularizedGammaParts(a: number, x: number): GammaParts {
  if (!(a > 0 && x >= 0) || a === Number.POSITIVE_INFINITY) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const weight = Math.exp(logPoissonProbability(a, x));
  if (x < a + 1) {
    const lower = Math.min(1, weight * powerSeries(a, x));
    return { lower, upper: a < 1 ? upperOfSmallShape(a, x) : 1 - lower };
  }
  const upper = Math.min(1, weight * a * continuedFraction(a, x));
  return { lower: 1 - upper, upper };
}

/** `1 + x/(a+1) + x²/((a+1)(a+2)) + …` */
function powerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  const limit = termLimit(a);
  for (let n = 1; n < limit; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return sum;
}

/**
 * `Q(a,x)` for a < 1 and x below a + 1, where P is close to one: `−expm1(L) − e^L·a·Σ (−x)ⁿ/((a+n)n!)`,
 * `L = a·ln x − ln Γ(1+a)`.
 */
function upperOfSmallShape(a: number, x: number): number {
  const logLead = a * Math.log(x) - logGamma(1 + a);
  let power = 1;
  let sum = 0;
  for (let n = 1; n < 100; n++) {
    power *= -x / n;
    const term = power / (a + n);
    sum += term;
    if (Math.abs(term) < 1e-18 * Math.abs(sum)) break;
  }
  return Math.max(0, -Math.expm1(logLead) - Math.exp(logLead) * a * sum);
}

/** `1/(x+1−a − 1(1−a)/(x+3−a − 2(2−a)/(x+5−a − …)))` by the modified Lentz recurrence. */
function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / (b === 0 ? tiny : b);
  let fraction = d;
  const limit = termLimit(a);
  for (let n = 1; n < limit; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return fraction;
}

function termLimit(a: number): number {
  return 500 + 40 * Math.sqrt(a);
}
