/** How a feature's distribution changed, as far as distributions alone can tell. Names are those of the skew patterns. */
export type ShiftPattern =
  | { readonly kind: "timezone_hours"; readonly hours: number }
  | { readonly kind: "unit_scale"; readonly factor: number }
  | { readonly kind: "value_lost_to_null" }
  | { readonly kind: "renamed" };

/** Ratios that units of measure differ by. */
const unitFactors = [10, 100, 1_000, 60, 3_600, 24, 1_024, 1.609344, 0.3048, 2.20462, 0.453592, 3.28084, 1.852];
const factorTolerance = 0.02;
/** A pattern must leave at most this share of the distance that it explains. */
const unexplainedShare = 0.25;
/** Share of rows that must have another hour before a clock is suspected. */
const leastMoved = 0.02;
const mostOfOtherCycles = 12;

/**
 * A clock moved by whole hours: the distribution of an hour-of-day feature equals the baseline's after turning it round
 * by k hours. Found when some k leaves at most a quarter of the total variation distance. Values must be 0 … 23 and some
 * beyond 12: days of the week and months are no clocks. Undefined where nothing moved or a side has no rows. Counts of
 * rows by value; cost: O(24²).
 */
export function clockShift(
  now: ReadonlyMap<number, number>,
  then: ReadonlyMap<number, number>,
): ShiftPattern | undefined {
  const isHour = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 24;
  const values = [...now.keys(), ...then.keys()];
  if (!values.every(isHour) || !values.some((value) => value > mostOfOtherCycles)) return undefined;
  const p = shares(now);
  const q = shares(then);
  const distance = (shift: number): number =>
    p.reduce((sum, share, hour) => sum + Math.abs(share - (q[(hour - shift + 24) % 24] ?? 0)), 0) / 2;
  const unmoved = distance(0);
  if (unmoved < leastMoved) return undefined;
  const candidates = Array.from({ length: 23 }, (_, index) => index + 1).map((shift) => ({
    shift,
    left: distance(shift),
  }));
  const best = candidates.reduce((winner, candidate) => (candidate.left < winner.left ? candidate : winner));
  if (best.left > unexplainedShare * unmoved) return undefined;
  return { kind: "timezone_hours", hours: best.shift > 12 ? best.shift - 24 : best.shift };
}

function shares(counts: ReadonlyMap<number, number>): number[] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Array.from({ length: 24 }, (_, hour) => (counts.get(hour) ?? 0) / Math.max(1, total));
}

/**
 * Another unit: four in five quantiles are, within a tenth, the same factor times what they were, and the middle one is
 * within 2 % of a factor between known units. Quantiles at equal levels; zeros say nothing; fewer than five give no answer.
 */
export function unitChange(now: readonly number[], then: readonly number[]): ShiftPattern | undefined {
  const ratios = now.flatMap((value, index) => {
    const before = then[index] ?? 0;
    return before === 0 || value === 0 ? [] : [value / before];
  });
  if (ratios.length < 5) return undefined;
  const middle = [...ratios].sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1;
  const steady = ratios.filter((ratio) => Math.abs(ratio / middle - 1) <= 0.1).length >= 0.8 * ratios.length;
  const known = unitFactors
    .flatMap((factor) => [factor, 1 / factor])
    .find((factor) => Math.abs(middle / factor - 1) <= factorTolerance);
  return steady && known !== undefined ? { kind: "unit_scale", factor: known } : undefined;
}

/** The pattern in words, for reasons and reports. */
export function patternWords(pattern: ShiftPattern): string {
  switch (pattern.kind) {
    case "timezone_hours":
      return `the clock moved by ${pattern.hours > 0 ? "+" : ""}${pattern.hours} hours`;
    case "unit_scale":
      return `the values are ${pattern.factor.toPrecision(4)} times what they were: another unit`;
    case "value_lost_to_null":
      return "values arrive missing";
    case "renamed":
      return "values arrive under a name never seen before";
  }
}
