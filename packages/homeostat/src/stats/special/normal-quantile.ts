/**
 * `Φ⁻¹(p)`, the standard normal quantile function.
 *
 * Shapes: p in [0,1]; 0 → −Infinity, 1 → +Infinity, outside or NaN → NaN. Accuracy: about 1e-15 relative, also for p as
 * small as 1e-300. For an upper tail pass the small number and change the sign (`−normalQuantile(tail)`), because
 * `1 − tail` has already lost it. Cost: O(1), one logarithm and one root outside the centre.
 * Source: Wichura (1988), algorithm AS 241 (PPND16).
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    return (centred * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r);
  }
  const root = Math.sqrt(-Math.log(centred < 0 ? p : 1 - p));
  const size =
    root <= 5
      ? polynomial(MIDDLE_TOP, root - 1.6) / polynomial(MIDDLE_BOTTOM, root - 1.6)
      : polynomial(FAR_TOP, root - 5) / polynomial(FAR_BOTTOM, root - 5);
  return centred < 0 ? -size : size;
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

const CENTRE_TOP: readonly number[] = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const CENTRE_BOTTOM: readonly number[] = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const MIDDLE_TOP: readonly number[] = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const MIDDLE_BOTTOM: readonly number[] = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const FAR_TOP: readonly number[] = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const FAR_BOTTOM: readonly number[] = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
];
