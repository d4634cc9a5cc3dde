/** The operators of the Open Data Contract Standard. Both kinds of *between* exclude their ends, as the standard says. */
export type Comparison =
  | { readonly operator: "mustBe" | "mustNotBe"; readonly value: number; readonly unit: ComparisonUnit }
  | {
      readonly operator: "mustBeGreaterThan" | "mustBeGreaterOrEqualTo" | "mustBeLessThan" | "mustBeLessOrEqualTo";
      readonly value: number;
      readonly unit: ComparisonUnit;
    }
  | {
      readonly operator: "mustBeBetween" | "mustNotBeBetween";
      readonly low: number;
      readonly high: number;
      readonly unit: ComparisonUnit;
    };

/** `value`: the number as it is, e.g. milliseconds. */
export type ComparisonUnit = "rows" | "percent" | "value";

export const noRows: Comparison = { operator: "mustBe", value: 0, unit: "rows" };

/** Whether a measured number keeps the promise. NaN keeps none. */
export function satisfies(measured: number, comparison: Comparison): boolean {
  switch (comparison.operator) {
    case "mustBe":
      return measured === comparison.value;
    case "mustNotBe":
      return !Number.isNaN(measured) && measured !== comparison.value;
    case "mustBeGreaterThan":
      return measured > comparison.value;
    case "mustBeGreaterOrEqualTo":
      return measured >= comparison.value;
    case "mustBeLessThan":
      return measured < comparison.value;
    case "mustBeLessOrEqualTo":
      return measured <= comparison.value;
    case "mustBeBetween":
      return measured > comparison.low && measured < comparison.high;
    case "mustNotBeBetween":
      return measured <= comparison.low || measured >= comparison.high;
  }
}

const signs = {
  mustBe: "exactly",
  mustNotBe: "anything but",
  mustBeGreaterThan: "more than",
  mustBeGreaterOrEqualTo: "at least",
  mustBeLessThan: "less than",
  mustBeLessOrEqualTo: "at most",
} as const;

/** `less than 1 %`, `between 100 and 120 rows, both excluded`. */
export function comparisonWords(comparison: Comparison, unitWord?: string): string {
  const unit = unitWord ?? (comparison.unit === "percent" ? "%" : comparison.unit === "rows" ? "rows" : "");
  const suffix = unit === "" ? "" : ` ${unit}`;
  if ("low" in comparison) {
    const not = comparison.operator === "mustNotBeBetween" ? "not " : "";
    return `${not}between ${comparison.low} and ${comparison.high}${suffix}, both excluded`;
  }
  return `${signs[comparison.operator]} ${comparison.value}${suffix}`;
}
