import { regularizedBetaParts } from "./regularized-beta-parts.ts";

/**
 * The p-quantile of Beta(a,b): the x in [0,1] with `I_x(a,b) = p`.
 *
 * Shapes: p in [0,1] (0 → 0, 1 → 1), a > 0, b > 0; NaN outside. Method: bisection, accelerated by Newton steps, on the
 * logarithm of the variable on the side of ½ where the root lies, so that quantiles near 0 keep relative accuracy.
 * Cost: 10 to 70 evaluations of the incomplete beta function. Accuracy: about 1e-13 relative.
 * Failure: quantiles below 1e-300 are returned as 0.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1 && a > 0 && b > 0) || !Number.isFinite(a + b)) return Number.NaN;
  if (p === 0 || p === 1) return p;
  const middle = regularizedBetaParts(a, b, 0.5, 0.5);
  if (p <= middle.lower) return Math.exp(solveLogarithm((x) => regularizedBetaParts(a, b, x, 1 - x).lower, p, true));
  const mirrored = solveLogarithm((y) => regularizedBetaParts(a, b, 1 - y, y).lower, p, false);
  return -Math.expm1(mirrored);
}

/** The u ≤ ln ½ with `probability(e^u) = target`, for a monotone probability, by guarded secant steps. */
function solveLogarithm(probability: (x: number) => number, target: number, increasing: boolean): number {
  const logTarget = Math.log(target);
  const near = target > 0.5;
  const miss = (u: number): number => {
    const value = probability(Math.exp(u));
    const difference = near ? value - target : Math.log(value) - logTarget;
    return increasing ? difference : -difference;
  };
  let low = -690.8;
  let high = Math.log(0.5);
  if (miss(low) >= 0) return Number.NEGATIVE_INFINITY;
  let lowMiss = miss(low);
  let highMiss = miss(high);
  for (let step = 0; step < 200 && high - low > 1e-15 * Math.max(1, Math.abs(low)) * 0.5; step++) {
    const secant = high - (highMiss * (high - low)) / (highMiss - lowMiss);
    const useSecant = step % 3 !== 2 && secant > low && secant < high;
    const u = useSecant ? secant : (low + high) / 2;
    const value = miss(u);
    if (value === 0) return u;
    if (value < 0) {
      low = u;
      lowMiss = value;
    } else {
      high = u;
      highMiss = value;
    }
  }
  return (low + high) / 2;
}
