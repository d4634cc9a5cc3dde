/**
 * `ln |Γ(x)|`, the logarithm of the gamma function.
 *
 * Shapes: one real number, dimensionless. Contract: poles (0, −1, −2, …) give +Infinity, +Infinity gives +Infinity,
 * NaN and −Infinity give NaN. Accuracy: about 4 units in the last place for x > 0, also close to the zeros at 1 and 2.
 * Method: for ½ ≤ x ≤ 2.5 the zeta series of ln Γ(2+y); between, recurrence into that interval; above 15 Stirling's
 * series; negative arguments by reflection. Cost: O(1), at most 30 terms.
 * Source: Abramowitz & Stegun 6.1.33, 6.1.40, 6.1.17.
 */
export function logGamma(x: number): number {
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x <= 0) return logGammaByReflection(x);
  if (x < 0.5) return logGammaAroundTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return logGammaAroundTwo(x - 1) - Math.log1p(x - 1);
  if (x <= 2.5) return logGammaAroundTwo(x - 2);
  if (x < 15) return logGammaByRecurrence(x);
  return logGammaByStirling(x);
}

function logGammaByReflection(x: number): number {
  if (Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  const fraction = x - 2 * Math.floor(x / 2);
  const sine = Math.abs(Math.sin(Math.PI * fraction));
  return Math.log(Math.PI / sine) - logGamma(1 - x);
}

function logGammaByRecurrence(x: number): number {
  let product = 1;
  let argument = x;
  while (argument > 2.5) {
    argument -= 1;
    product *= argument;
  }
  return logGammaAroundTwo(argument - 2) + Math.log(product);
}

function logGammaByStirling(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  let sum = 0;
  for (const coefficient of STIRLING) sum = sum * square + coefficient;
  return (x - 0.5) * (Math.log(x) - 1) - 0.5 + 0.9189385332046728 + sum * inverse;
}

/** `ln Γ(2+y)` for |y| ≤ ½: `(1−γ)y + Σ (−1)ⁿ (ζ(n)−1) yⁿ / n`. */
function logGammaAroundTwo(y: number): number {
  let sum = 0;
  for (let n = ZETA_MINUS_ONE.length + 1; n >= 2; n--) {
    const zeta = ZETA_MINUS_ONE[n - 2] ?? 0;
    sum = sum * y + ((n % 2 === 0 ? 1 : -1) * zeta) / n;
  }
  return y * (0.42278433509846713 + y * sum);
}

const STIRLING: readonly number[] = [
  -3617 / 122_400,
  1 / 156,
  -691 / 360_360,
  1 / 1188,
  -1 / 1680,
  1 / 1260,
  -1 / 360,
  1 / 12,
];

/** ζ(n) − 1 for n = 2, 3, …, 34. */
const ZETA_MINUS_ONE: readonly number[] = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645,
  0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5,
  7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
  7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9, 9.313274324196682e-10, 4.656629065033784e-10,
  2.3283118336765053e-10, 1.164155017270052e-10, 5.820772087902701e-11,
];
