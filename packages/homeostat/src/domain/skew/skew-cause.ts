import type { CategoricalSkewPattern, NumericSkewPattern } from "../../stats/skew/skew-pattern.ts";

/** What kind of difference between serving and training a pattern points to. */
export type SkewCause =
  | "time-zone"
  | "null-handling"
  | "stale-feature"
  | "scale"
  | "rounding"
  | "category-mapping"
  | "library-version"
  | "transformation"
  | "wrong-column";

/** Differences that no rule explains, all of them tiny: another library, or another order of the same sums. */
interface TinyDifferences {
  readonly pattern: "tiny_differences";
  /** The largest of them, relative to the recomputed value. */
  readonly largest: number;
}

export type SkewPattern = NumericSkewPattern | CategoricalSkewPattern | TinyDifferences;

const causes: Readonly<Record<SkewPattern["pattern"], SkewCause>> = {
  null_imputed: "null-handling",
  value_lost_to_null: "null-handling",
  constant_or_default: "null-handling",
  timezone_hours: "time-zone",
  timezone_seconds: "time-zone",
  daylight_saving: "time-zone",
  stale: "stale-feature",
  scale: "scale",
  unit_scale: "scale",
  sign_flip: "scale",
  affine: "scale",
  F_vs_C: "scale",
  rounding: "rounding",
  trunc: "rounding",
  float32: "library-version",
  tiny_differences: "library-version",
  clip_high: "transformation",
  clip_low: "transformation",
  offset: "transformation",
  log1p: "transformation",
  column_swap: "wrong-column",
  case_or_whitespace: "category-mapping",
  swapped: "category-mapping",
  permuted: "category-mapping",
  renamed: "category-mapping",
  merged: "category-mapping",
  collapsed_to_default: "category-mapping",
};

/** The cause that a recognised pattern stands for. */
export function skewCauseOf({ pattern }: SkewPattern): SkewCause {
  return causes[pattern];
}

const number = (value: number): string => String(Number(value.toPrecision(6)));
const signed = (value: number): string => (value > 0 ? `+${number(value)}` : number(value));

/** What serving does differently, in words that follow "in serving the value is …". */
export function skewWords(found: SkewPattern): string {
  return missingWords(found) ?? timeWords(found) ?? precisionWords(found) ?? scaleWords(found) ?? categoryWords(found);
}

function missingWords(found: SkewPattern): string | undefined {
  switch (found.pattern) {
    case "null_imputed":
      return `${JSON.stringify(found.value)} where training has a missing value`;
    case "value_lost_to_null":
      return "missing where training has a value";
    case "constant_or_default":
      return `always ${number(found.value)}`;
    default:
      return undefined;
  }
}

function timeWords(found: SkewPattern): string | undefined {
  switch (found.pattern) {
    case "timezone_hours":
      return `${signed(found.hours)} hours from training's, as in another time zone`;
    case "timezone_seconds":
      return `${signed(found.offset / 3_600)} hours from training's, as in another time zone`;
    case "daylight_saving":
      return `${signed(found.offsets[0] / 3_600)} or ${signed(found.offsets[1] / 3_600)} hours from training's, as over a change of daylight saving time`;
    case "stale":
      return `the one that training has for ${number(found.lag)} hours earlier: stale`;
    default:
      return undefined;
  }
}

function precisionWords(found: SkewPattern): string | undefined {
  switch (found.pattern) {
    case "clip_high":
    case "clip_low":
      return `cut off at ${number(found.bound)}`;
    case "float32":
      return "rounded to single precision, as by another library";
    case "tiny_differences":
      return `different from training's by up to ${number(found.largest * 100)} %, by no rule, as from another version of a library`;
    case "rounding":
    case "trunc":
      return `${found.pattern === "rounding" ? "rounded" : "cut"} to ${found.digits} decimals`;
    default:
      return undefined;
  }
}

function scaleWords(found: SkewPattern): string | undefined {
  switch (found.pattern) {
    case "offset":
      return `${signed(found.offset)} from training's`;
    case "scale":
    case "unit_scale":
      return `${number(found.factor)} times training's`;
    case "sign_flip":
      return "of the opposite sign";
    case "log1p":
      return "the logarithm of one plus training's";
    case "affine":
    case "F_vs_C":
      return `${number(found.slope)} times training's ${found.intercept < 0 ? "less" : "plus"} ${number(Math.abs(found.intercept))}`;
    default:
      return undefined;
  }
}

function categoryWords(found: SkewPattern): string {
  switch (found.pattern) {
    case "column_swap":
      return `that of \`${found.column}\``;
    case "case_or_whitespace":
      return "spelled with other capitals or spaces";
    case "collapsed_to_default":
      return `always ${JSON.stringify(found.value)} for several of training's categories`;
    case "swapped":
      return `${JSON.stringify(found.values[0])} and ${JSON.stringify(found.values[1])} exchanged`;
    default:
      return "mapping" in found ? `${found.pattern}: ${mappingWords(found.mapping)}` : "another";
  }
}

const mappingsShown = 5;

function mappingWords(mapping: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(mapping);
  const shown = pairs.slice(0, mappingsShown).map(([from, to]) => `${JSON.stringify(from)} as ${JSON.stringify(to)}`);
  return pairs.length > mappingsShown
    ? `${shown.join(", ")} and ${pairs.length - mappingsShown} more`
    : shown.join(", ");
}
