/** Factors between units that people mix up, with their inverses implied. */
const units: readonly number[] = [
  10,
  100,
  1000,
  1e4,
  1e6,
  1e9,
  60,
  3600,
  86_400,
  24,
  7,
  12,
  1024,
  1_048_576,
  1.609344,
  0.3048,
  0.9144,
  2.54,
  25.4,
  2.2046226218,
  28.349523125,
  3.785411784,
  4.184,
  4.54609,
  6.894757293,
  1.852,
  3.6,
  101.325,
  745.699872,
  180 / Math.PI,
];

/** The exact factor of a known unit confusion that `ratio` is within `tolerance` (relative) of, or null. Cost: O(1). */
export function unitFactor(ratio: number, tolerance = 5e-6): number | null {
  for (const unit of units) {
    if (Math.abs(ratio / unit - 1) <= tolerance) return unit;
    if (Math.abs(ratio * unit - 1) <= tolerance) return 1 / unit;
  }
  return null;
}
