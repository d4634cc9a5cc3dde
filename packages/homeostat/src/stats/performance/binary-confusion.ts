import { firstNotBinary, type Invalid, requireSameLength } from "./refusal.ts";

/** Counts of a two-class decision. They add: the confusion of a union of windows is the sum of the confusions. */
export interface BinaryConfusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

export interface BinaryConfusionResult {
  readonly kind: "confusion";
  readonly confusion: BinaryConfusion;
}

/** Counts `labels` against `decisions`, both 0 or 1, of equal length. Anything else is refused with its index. O(n). */
export function binaryConfusionOf(
  labels: ArrayLike<number>,
  decisions: ArrayLike<number>,
): BinaryConfusionResult | Invalid {
  requireSameLength(labels, decisions, "labels and decisions");
  const bad = firstNotBinary(labels) ?? firstNotBinary(decisions);
  if (bad !== null) return bad;
  const cells = [0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    const cell = 2 * (labels[i] as number) + (decisions[i] as number);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  const [trueNegative = 0, falsePositive = 0, falseNegative = 0, truePositive = 0] = cells;
  return { kind: "confusion", confusion: { truePositive, falsePositive, falseNegative, trueNegative } };
}

/**
 * The confusion of the union of disjoint windows. Associative and commutative; the empty merge is all zeros.
 * O(windows).
 */
export function mergeBinaryConfusions(windows: readonly BinaryConfusion[]): BinaryConfusion {
  let truePositive = 0;
  let falsePositive = 0;
  let falseNegative = 0;
  let trueNegative = 0;
  for (const w of windows) {
    truePositive += w.truePositive;
    falsePositive += w.falsePositive;
    falseNegative += w.falseNegative;
    trueNegative += w.trueNegative;
  }
  return { truePositive, falsePositive, falseNegative, trueNegative };
}
