/**
 * The root of an increasing function, found by widening a bracket around a starting point and then guarded regula
 * falsi (Illinois rule) mixed with bisection.
 *
 * `miss` may return ±Infinity (far tails do) but must not return NaN; `step` is the first half-width of the bracket, in
 * the units of the argument. Cost: about ten evaluations for the smooth log-tails used here, 200 at most. Returns NaN
 * when no sign change is found within 2¹⁰⁰ steps.
 */
export function solveIncreasing(miss: (x: number) => number, start: number, step: number): number {
  let low = start;
  let high = start;
  let width = step;
  let lowMiss = miss(start);
  let highMiss = lowMiss;
  for (let n = 0; n < 100 && lowMiss > 0; n++) {
    high = low;
    highMiss = lowMiss;
    low -= width;
    width *= 2;
    lowMiss = miss(low);
  }
  for (let n = 0; n < 100 && highMiss < 0; n++) {
    low = high;
    lowMiss = highMiss;
    high += width;
    width *= 2;
    highMiss = miss(high);
  }
  if (!(lowMiss <= 0 && highMiss >= 0)) return Number.NaN;
  return refine(miss, low, high, lowMiss, highMiss);
}

function refine(miss: (x: number) => number, from: number, to: number, fromMiss: number, toMiss: number): number {
  let low = from;
  let high = to;
  let lowWeight = fromMiss;
  let highWeight = toMiss;
  if (lowWeight === 0) return low;
  for (let n = 0; n < 200; n++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const secant = high - (highWeight * (high - low)) / (highWeight - lowWeight);
    const x = n % 4 !== 3 && secant > low && secant < high ? secant : middle;
    const value = miss(x);
    if (value === 0) return x;
    if (value < 0) {
      low = x;
      lowWeight = value;
      highWeight /= 2;
    } else {
      high = x;
      highWeight = value;
      lowWeight /= 2;
    }
    if (high - low <= 2e-16 * Math.max(Math.abs(low), Math.abs(high))) break;
  }
  return (low + high) / 2;
}
