import type { BinaryConfusion } from "./binary-confusion.ts";

/** What one decision of each kind is worth, in any one unit (money, minutes); costs are negative. */
export type DecisionValues = BinaryConfusion;

/**
 * The value of a window's decisions: sum over the four cells of count x value per row. Linear, so it adds over windows;
 * `values` finite. Works on expected confusions as on counted ones. O(1). Source: Elkan (2001), IJCAI.
 */
export function confusionValue(confusion: BinaryConfusion, values: DecisionValues): number {
  return (
    confusion.truePositive * values.truePositive +
    confusion.falsePositive * values.falsePositive +
    confusion.falseNegative * values.falseNegative +
    confusion.trueNegative * values.trueNegative
  );
}
