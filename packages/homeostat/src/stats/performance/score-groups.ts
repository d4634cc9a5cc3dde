import { firstNotBinary, type Invalid, invalid, requireSameLength } from "./refusal.ts";

/**
 * Rows grouped by equal score, ascending: `scores[g]` holds `positives[g]` rows labelled 1 and `negatives[g]` labelled
 * 0.
 */
export interface ScoreGroups {
  readonly kind: "score-groups";
  readonly scores: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Groups rows by score so that ties become one bin and every binned statistic is exact. Infinite scores are ordered
 * like any other; NaN is refused with its row. `weights`, when given, are counted instead of rows (finite, >= 0).
 * O(n log n) time, O(distinct scores) result.
 */
export function scoreGroupsOf(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): ScoreGroups | Invalid {
  requireSameLength(scores, labels, "scores and labels");
  if (weights !== undefined) requireSameLength(scores, weights, "scores and weights");
  const bad =
    firstNotBinary(labels) ?? firstUnordered(scores) ?? (weights === undefined ? null : firstBadWeight(weights));
  if (bad !== null) return bad;
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) =>
    compare(scores[a] as number, scores[b] as number),
  );
  const values: number[] = [];
  const positives: number[] = [];
  const negatives: number[] = [];
  for (const row of order) {
    const score = scores[row] as number;
    if (values.length === 0 || values[values.length - 1] !== score) {
      values.push(score);
      positives.push(0);
      negatives.push(0);
    }
    const last = values.length - 1;
    const weight = weights === undefined ? 1 : (weights[row] as number);
    const side = labels[row] === 1 ? positives : negatives;
    side[last] = (side[last] ?? 0) + weight;
  }
  return {
    kind: "score-groups",
    scores: Float64Array.from(values),
    positives: Float64Array.from(positives),
    negatives: Float64Array.from(negatives),
  };
}

/** Not a subtraction: Infinity - Infinity is NaN and would scramble the sort. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function firstUnordered(scores: ArrayLike<number>): Invalid | null {
  for (let i = 0; i < scores.length; i++) if (Number.isNaN(scores[i])) return invalid("not-finite", i);
  return null;
}

function firstBadWeight(weights: ArrayLike<number>): Invalid | null {
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number;
    if (!Number.isFinite(w)) return invalid("not-finite", i);
    if (w < 0) return invalid("out-of-range", i);
  }
  return null;
}
