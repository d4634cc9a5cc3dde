/** How a feature's distribution changed, as far as distributions alone can tell. Names are those of the skew patterns. */
export type ShiftPattern =
  | { readonly kind: "timezone_hours"; readonly hours: number }
  | { readonly kind: "unit_scale"; readonly factor: number }
  | { readonly kind: "offset"; readonly by: number }
  | { readonly kind: "constant_or_default"; readonly value: number }
  | { readonly kind: "rounding"; readonly step: number }
  | { readonly kind: "value_lost_to_null" }
  | { readonly kind: "renamed" }
  | { readonly kind: "case_or_whitespace" }
  /** Inputs are what they were; what is true of them is not, or the answers' quality is not. */
  | { readonly kind: "relation_changed" }
  /** Inputs are what they were; the answers are not. */
  | { readonly kind: "score_moved" }
  | { readonly kind: "rows_lost" };

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
  // Two samples of one law lie this far apart by chance alone.
  const chance = chanceDistance(now, then);
  const unmoved = distance(0) - chance;
  if (unmoved < Math.max(leastMoved, chance)) return undefined;
  const candidates = Array.from({ length: 23 }, (_, index) => index + 1).map((shift) => ({
    shift,
    left: distance(shift),
  }));
  const best = candidates.reduce((winner, candidate) => (candidate.left < winner.left ? candidate : winner));
  if (best.left - chance > unexplainedShare * unmoved) return undefined;
  return { kind: "timezone_hours", hours: best.shift > 12 ? best.shift - 24 : best.shift };
}

/** Expected total variation distance of two samples of the pooled law, by the normal approximation of each hour's share. */
function chanceDistance(now: ReadonlyMap<number, number>, then: ReadonlyMap<number, number>): number {
  const sizeOf = (counts: ReadonlyMap<number, number>): number =>
    Math.max(
      1,
      [...counts.values()].reduce((sum, count) => sum + count, 0),
    );
  const spread = 1 / sizeOf(now) + 1 / sizeOf(then);
  const q = shares(then);
  return q.reduce((sum, share) => sum + Math.sqrt((2 / Math.PI) * share * (1 - share) * spread), 0) / 2;
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

/** Quantiles that lie this near together, in units of their spread, are one distance. */
const offsetTolerance = 0.05;
const leastOffset = 0.15;

/**
 * The same added to every value: the differences of four in five quantiles at equal levels lie within a twentieth of the
 * spread of each other, and are at least 15 % of it. Quantiles ascending; fewer than five give no answer.
 */
export function offsetChange(now: readonly number[], then: readonly number[]): ShiftPattern | undefined {
  const spread = (then.at(-1) ?? 0) - (then[0] ?? 0);
  if (then.length < 5 || now.length !== then.length || !(spread > 0)) return undefined;
  const differences = now.map((value, index) => value - (then[index] ?? 0)).sort((a, b) => a - b);
  const middle = differences[differences.length >> 1] ?? 0;
  const near = differences.filter((difference) => Math.abs(difference - middle) <= offsetTolerance * spread);
  const steady = near.length >= 0.8 * differences.length;
  return steady && Math.abs(middle) >= leastOffset * spread ? { kind: "offset", by: middle } : undefined;
}

/** One value at this share more of the quantiles than before. */
const defaultShare = 0.25;

/** Many rows have one and the same value: it stands at a quarter more of the quantile levels than it did. Fewer than five give no answer. */
export function defaultValue(now: readonly number[], then: readonly number[]): ShiftPattern | undefined {
  if (now.length < 5 || then.length < 5) return undefined;
  const shareIn = (values: readonly number[], value: number): number =>
    values.filter((other) => other === value).length / values.length;
  const best = [...new Set(now)]
    .map((value) => ({ value, more: shareIn(now, value) - shareIn(then, value) }))
    .reduce((winner, candidate) => (candidate.more > winner.more ? candidate : winner));
  return best.more >= defaultShare ? { kind: "constant_or_default", value: best.value } : undefined;
}

const roundingSteps = [1, 10, 100, 0.1, 5, 50, 1_000];

/** Every value is a multiple of a step that at most half of the values were multiples of. Fewer than five give no answer. */
export function roundedValues(now: readonly number[], then: readonly number[]): ShiftPattern | undefined {
  if (now.length < 5 || then.length < 5) return undefined;
  const multiples = (values: readonly number[], step: number): number =>
    values.filter((value) => Math.abs(value / step - Math.round(value / step)) < 1e-9).length / values.length;
  const step = roundingSteps.find((one) => multiples(now, one) === 1 && multiples(then, one) <= 0.5);
  return step === undefined ? undefined : { kind: "rounding", step };
}

/** Names never seen before that are known ones in another spelling: other case, spaces around them. */
export function respelled(unseen: readonly string[], known: readonly string[]): boolean {
  const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, " ");
  const before = new Set(known.map(plain));
  return unseen.length > 0 && unseen.every((value) => before.has(plain(value)));
}

/** The pattern in words, for reasons and reports. */
export function patternWords(pattern: ShiftPattern): string {
  switch (pattern.kind) {
    case "timezone_hours":
      return `the clock moved by ${pattern.hours > 0 ? "+" : ""}${pattern.hours} hours`;
    case "unit_scale":
      return `the values are ${pattern.factor.toPrecision(4)} times what they were: another unit`;
    case "offset":
      return `${Number(pattern.by.toPrecision(4))} is added to the values`;
    case "constant_or_default":
      return `many rows arrive with the one value ${Number(pattern.value.toPrecision(6))}`;
    case "rounding":
      return `values are rounded to ${pattern.step}`;
    case "case_or_whitespace":
      return "known names arrive in another spelling";
    case "relation_changed":
      return "inputs are what they were, and what is true of them is not";
    case "score_moved":
      return "inputs are what they were, and the answers are not";
    case "rows_lost":
      return "rows are missing";
    case "value_lost_to_null":
      return "values arrive missing";
    case "renamed":
      return "values arrive under a name never seen before";
  }
}
