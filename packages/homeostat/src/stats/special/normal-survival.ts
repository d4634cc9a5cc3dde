/**
 * `1 − Φ(z)`, the standard normal upper tail, computed as a tail and not as a difference from one.
 *
 * Shapes: any real z; +Infinity → 0, −Infinity → 1, NaN → NaN. Accuracy: 1e-15 relative up to z = 37.5, where the value
 * leaves the normal range of doubles. Method: three rational minimax approximations; `e^{−z²/2}` is formed from z cut to
 * sixteenths so that squaring costs no digits. Cost: O(1).
 * Source: Cody (1969), "Rational Chebyshev approximations for the error function".
 */
export function normalSurvival(z: number): number {
  if (Number.isNaN(z)) return z;
  const size = Math.abs(z);
  if (size <= 0.67448975) return 0.5 - central(z);
  const tail = size <= 5.656854249492381 ? middleTail(size) : farTail(size);
  return z > 0 ? tail : 1 - tail;
}

function central(z: number): number {
  const square = z * z;
  return (z * polynomial(CENTRAL_TOP, square)) / polynomial(CENTRAL_BOTTOM, square);
}

function middleTail(size: number): number {
  return (halfSquareExponential(size) * polynomial(MIDDLE_TOP, size)) / polynomial(MIDDLE_BOTTOM, size);
}

function farTail(size: number): number {
  if (size > 40) return 0;
  const square = 1 / (size * size);
  const correction = (square * polynomial(FAR_TOP, square)) / polynomial(FAR_BOTTOM, square);
  return (halfSquareExponential(size) * (0.3989422804014327 - correction)) / size;
}

function halfSquareExponential(size: number): number {
  const coarse = Math.trunc(size * 16) / 16;
  const rest = (size - coarse) * (size + coarse);
  return Math.exp(-coarse * coarse * 0.5) * Math.exp(-rest * 0.5);
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

const CENTRAL_TOP: readonly number[] = [
  0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356,
];
const CENTRAL_BOTTOM: readonly number[] = [
  1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673,
];
const MIDDLE_TOP: readonly number[] = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
];
const MIDDLE_BOTTOM: readonly number[] = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097, 34900.95272114598,
  38912.00328609327, 19685.429676859992,
];
const FAR_TOP: readonly number[] = [
  0.023073441764940174, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934,
  2.9112874951168793e-5,
];
const FAR_BOTTOM: readonly number[] = [
  1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 7.297515550839662e-5,
];
