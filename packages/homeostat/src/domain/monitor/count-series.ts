import type { Binning } from "../../stats/histogram/binning.ts";
import { binCountOf } from "../../stats/histogram/binning.ts";
import type { FrozenScore } from "../baseline/baseline.ts";
import type { BinCounts, ProbabilityCounts, ScoreCounts } from "../baseline/profile-store.ts";

/** Sparse counts as a dense array over `bins` bins. */
export function denseCounts(sparse: BinCounts | undefined, bins: number): number[] {
  const dense = new Array<number>(bins).fill(0);
  sparse?.bins.forEach((bin, index) => {
    dense[bin] = (dense[bin] ?? 0) + (sparse.counts[index] ?? 0);
  });
  return dense;
}

/** Score counts as dense arrays over `bins` bins. */
export interface DenseScores {
  readonly rows: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  readonly scoreSum: number;
  readonly labelledScoreSums: readonly number[];
}

/** Sparse score counts as dense ones; absent counts are all zero. */
export function denseScores(sparse: ProbabilityCounts | undefined, bins: number): DenseScores {
  const zeros = (): number[] => new Array<number>(bins).fill(0);
  const rows = zeros();
  const positives = zeros();
  const negatives = zeros();
  const labelledScoreSums = zeros();
  let scoreSum = 0;
  sparse?.bins.forEach((bin, index) => {
    const positive = sparse.positives[index] ?? 0;
    const negative = sparse.negatives[index] ?? 0;
    rows[bin] = (rows[bin] ?? 0) + positive + negative + (sparse.unlabelled[index] ?? 0);
    positives[bin] = (positives[bin] ?? 0) + positive;
    negatives[bin] = (negatives[bin] ?? 0) + negative;
    labelledScoreSums[bin] = (labelledScoreSums[bin] ?? 0) + (sparse.labelledScoreSums[index] ?? 0);
    scoreSum += sparse.scoreSums[index] ?? 0;
  });
  return { rows, positives, negatives, scoreSum, labelledScoreSums };
}

/** What the predictions of a system are cut into: bins of a number, or its classes. */
export function scoreBinning(frozen: FrozenScore): Binning {
  return frozen.kind === "class"
    ? { kind: "categorical", categories: frozen.classes, others: [], othersComplete: false }
    : { kind: "numeric", edges: frozen.edges, points: [] };
}

/** Rows per bin of `scoreBinning`, whatever the task. */
export function scoreRows(counts: ScoreCounts | undefined, frozen: FrozenScore): readonly number[] {
  const rows = new Array<number>(binCountOf(scoreBinning(frozen))).fill(0);
  const add = (bin: number, count: number): void => {
    rows[bin] = (rows[bin] ?? 0) + count;
  };
  if (counts?.kind === "class") for (const cell of counts.cells) add(cell.predicted, cell.rows);
  if (counts?.kind === "value") for (const [index, bin] of counts.bins.entries()) add(bin, counts.counts[index] ?? 0);
  if (counts?.kind === "probability")
    counts.bins.forEach((bin, index) => {
      add(bin, (counts.positives[index] ?? 0) + (counts.negatives[index] ?? 0) + (counts.unlabelled[index] ?? 0));
    });
  return rows;
}

/** Score counts of two windows together. Same number of bins. */
export function addScores(left: DenseScores, right: DenseScores): DenseScores {
  return {
    rows: addCounts(left.rows, right.rows),
    positives: addCounts(left.positives, right.positives),
    negatives: addCounts(left.negatives, right.negatives),
    scoreSum: left.scoreSum + right.scoreSum,
    labelledScoreSums: addCounts(left.labelledScoreSums, right.labelledScoreSums),
  };
}

/** Counts of two windows together, bin by bin; the right may be shorter. */
export function addCounts(left: readonly number[], right: readonly number[]): number[] {
  return left.map((count, index) => count + (right[index] ?? 0));
}

/** What is left of counts when a part of them is taken away, bin by bin. */
export function subtractCounts(left: readonly number[], right: readonly number[]): number[] {
  return left.map((count, index) => count - (right[index] ?? 0));
}

/** Rows over all bins. */
export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Middle value; the lower of two in the middle. 0 for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
