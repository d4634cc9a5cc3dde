import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import type { FrozenClass, FrozenProbability, FrozenScore, FrozenValue } from "../../baseline/baseline.ts";
import type { BinUnion } from "../../baseline/cell-store.ts";
import type { ClassCounts, ProbabilityCounts, ScoreCounts, ValueCounts } from "../../baseline/profile-store.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";

/**
 * Rows with about the same prediction, and the loss of those whose outcome is known: 0 or 1 for a wrong decision or
 * class, the absolute error of a regression. All are sums, so strata of several windows add up.
 */
export interface LossStratum {
  readonly rows: number;
  readonly loss: MomentSums;
}

const none: MomentSums = { n: 0, sum: 0, sumSquares: 0 };

/** Number of fine strata: score bins, bins of the predicted value, bins of the confidence, or predicted classes. */
function strataCount(frozen: FrozenScore): number {
  switch (frozen.kind) {
    case "probability":
      return frozen.edges.length + 1;
    case "value":
      return frozen.edges.length + 1;
    case "class":
      return frozen.confidenceEdges.length > 0 ? frozen.confidenceEdges.length + 1 : frozen.classes.length + 1;
  }
}

/** The fine strata of some rows. O(bins). */
export function lossStrata(frozen: FrozenScore, { scores, confidences }: JudgedCounts): readonly LossStratum[] {
  const strata = Array.from({ length: strataCount(frozen) }, (): LossStratum => ({ rows: 0, loss: none }));
  const add = (place: number, rows: number, loss: MomentSums): void => {
    const known = strata[place];
    if (known !== undefined) strata[place] = { rows: known.rows + rows, loss: addMoments(known.loss, loss) };
  };
  if (frozen.kind === "probability") addDecisions(frozen, ofKind(scores, "probability"), add);
  if (frozen.kind === "value") addValues(frozen, ofKind(scores, "value"), add);
  if (frozen.kind === "class") addClasses(frozen, ofKind(scores, "class"), confidences, add);
  return strata;
}

type Add = (place: number, rows: number, loss: MomentSums) => void;

function ofKind<K extends ScoreCounts["kind"]>(
  counts: ScoreCounts | undefined,
  kind: K,
): Extract<ScoreCounts, { kind: K }> | undefined {
  return counts?.kind === kind ? (counts as Extract<ScoreCounts, { kind: K }>) : undefined;
}

/** The threshold is one of the edges, so a bin has one decision. */
function addDecisions({ edges, threshold }: FrozenProbability, counts: ProbabilityCounts | undefined, add: Add): void {
  const firstPositive = edges.indexOf(threshold) + 1;
  counts?.bins.forEach((bin, index) => {
    const positives = counts.positives[index] ?? 0;
    const negatives = counts.negatives[index] ?? 0;
    const wrong = bin >= firstPositive ? negatives : positives;
    const n = positives + negatives;
    add(bin, n + (counts.unlabelled[index] ?? 0), { n, sum: wrong, sumSquares: wrong });
  });
}

function addValues(_: FrozenValue, counts: ValueCounts | undefined, add: Add): void {
  counts?.bins.forEach((bin, index) => {
    add(bin, counts.counts[index] ?? 0, counts.errors[index] ?? none);
  });
}

function addClasses(
  frozen: FrozenClass,
  counts: ClassCounts | undefined,
  confidences: ProbabilityCounts | undefined,
  add: Add,
): void {
  if (frozen.confidenceEdges.length === 0) {
    for (const { predicted, actual, rows } of counts?.cells ?? []) {
      const wrong = actual === predicted ? 0 : rows;
      add(predicted, rows, actual === undefined ? none : { n: rows, sum: wrong, sumSquares: wrong });
    }
    return;
  }
  confidences?.bins.forEach((bin, index) => {
    const right = confidences.positives[index] ?? 0;
    const wrong = confidences.negatives[index] ?? 0;
    const rows = right + wrong + (confidences.unlabelled[index] ?? 0);
    add(bin, rows, { n: right + wrong, sum: wrong, sumSquares: wrong });
  });
}

export function addMoments(left: MomentSums, right: MomentSums): MomentSums {
  return {
    n: left.n + right.n,
    sum: left.sum + right.sum,
    sumSquares: left.sumSquares + right.sumSquares,
  };
}

/** Loss of all labelled rows. */
export function totalLoss(strata: readonly LossStratum[]): MomentSums {
  return strata.reduce((sum, { loss }) => addMoments(sum, loss), none);
}

export function addStrata(left: readonly LossStratum[], right: readonly LossStratum[]): readonly LossStratum[] {
  return left.map(({ rows, loss }, place) => {
    const other = right[place];
    return other === undefined ? { rows, loss } : { rows: rows + other.rows, loss: addMoments(loss, other.loss) };
  });
}

/** Which fine strata are united, frozen with the baseline: lists of places. */
export type StrataGroups = BinUnion;

/**
 * Neighbouring strata united to about `most` groups with about equal labelled rows of the reference; of a probability
 * none of them lies on both sides of the decision threshold. O(bins).
 */
export function strataGroups(frozen: FrozenScore, reference: readonly LossStratum[], most: number): StrataGroups {
  const all = reference.reduce((sum, { loss }) => sum + loss.n, 0);
  const wall = frozen.kind === "probability" ? frozen.edges.indexOf(frozen.threshold) + 1 : -1;
  const groups: number[][] = [];
  let open: number[] = [];
  let n = 0;
  reference.forEach(({ loss }, place) => {
    if (place === wall && open.length > 0) {
      groups.push(open);
      [open, n] = [[], 0];
    }
    open.push(place);
    n += loss.n;
    if (n === 0 || n * most < all) return;
    groups.push(open);
    [open, n] = [[], 0];
  });
  if (open.length > 0) groups.push(open);
  return groups;
}

export function groupStrata(strata: readonly LossStratum[], groups: StrataGroups): readonly LossStratum[] {
  return groups.map((places) =>
    places.reduce<LossStratum>(
      (sum, place) => {
        const one = strata[place];
        return one === undefined ? sum : { rows: sum.rows + one.rows, loss: addMoments(sum.loss, one.loss) };
      },
      { rows: 0, loss: none },
    ),
  );
}
