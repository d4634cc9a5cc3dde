import type { BinaryConfusion } from "./binary-confusion.ts";
import { type Invalid, invalid, requireSameLength } from "./refusal.ts";

/** Counts of a k-class decision, row-major: `cells[t * classes + d]` rows of true class t were decided d. They add. */
export interface MulticlassConfusion {
  readonly kind: "multiclass-confusion";
  readonly classes: number;
  readonly cells: Float64Array;
}

/** Counts `labels` against `decisions`, both integers in 0..classes-1; anything else is refused with its row. O(n). */
export function multiclassConfusionOf(
  labels: ArrayLike<number>,
  decisions: ArrayLike<number>,
  classes: number,
): MulticlassConfusion | Invalid {
  requireSameLength(labels, decisions, "labels and decisions");
  if (!Number.isInteger(classes) || classes < 2)
    throw new RangeError(`classes must be an integer >= 2, got ${classes}`);
  const cells = new Float64Array(classes * classes);
  const known = (c: number): boolean => Number.isInteger(c) && c >= 0 && c < classes;
  for (let i = 0; i < labels.length; i++) {
    const truth = labels[i] as number;
    const decision = decisions[i] as number;
    if (!known(truth) || !known(decision)) return invalid("out-of-range", i);
    const cell = truth * classes + decision;
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return { kind: "multiclass-confusion", classes, cells };
}

/** Confusion of the union of two disjoint windows over the same classes. O(k^2). */
export function mergeMulticlassConfusions(a: MulticlassConfusion, b: MulticlassConfusion): MulticlassConfusion {
  requireSameLength(a.cells, b.cells, "confusion cells");
  return { ...a, cells: a.cells.map((count, i) => count + (b.cells[i] ?? 0)) };
}

/** The two-class confusion "this class against the rest". O(k). */
export function oneVersusRest(confusion: MulticlassConfusion, cls: number): BinaryConfusion {
  const { classes, cells } = confusion;
  const at = (t: number, d: number): number => cells[t * classes + d] ?? 0;
  let actual = 0;
  let decided = 0;
  for (let c = 0; c < classes; c++) {
    actual += at(cls, c);
    decided += at(c, cls);
  }
  const total = cells.reduce((sum, count) => sum + count, 0);
  const hit = at(cls, cls);
  return {
    truePositive: hit,
    falsePositive: decided - hit,
    falseNegative: actual - hit,
    trueNegative: total - actual - decided + hit,
  };
}
