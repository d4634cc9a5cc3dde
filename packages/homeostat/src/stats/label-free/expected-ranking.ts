import { type Insufficient, insufficient } from "../performance/refusal.ts";

export interface RankingExpectation {
  readonly kind: "ranking";
  readonly auc: number;
  /** d AUC / d (label of one row of entry i). */
  readonly aucSlopes: Float64Array;
  readonly averagePrecision: number | Insufficient;
}

/**
 * AUROC and average precision expected of scores whose rows are positive with probability c: both of the doubled sample
 * {(s, 1, weight c), (s, 0, weight 1 - c)}, ties counting half (AUROC) or as one step (average precision).
 *
 *   AUC = sum_g P_g (N_{<g} + N_g / 2)/(P N),  d AUC/dy_i = (N_{<g} + N_g/2 - P_{>g} - P_g/2)/(P N) - AUC/P + AUC/N
 *
 * `counts` rows per entry. Refused when every c is 0, or every c is 1. O(n log n).
 */
export function expectedRanking(
  scores: ArrayLike<number>,
  calibrated: ArrayLike<number>,
  counts: ArrayLike<number>,
): RankingExpectation | Insufficient {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const groups = groupsOf(order, scores, calibrated, counts);
  const positives = groups.reduce((sum, g) => sum + g.positive, 0);
  const negatives = groups.reduce((sum, g) => sum + g.negative, 0);
  if (!(positives > 0)) return insufficient("no-positives", positives, 1);
  if (!(negatives > 0)) return insufficient("no-negatives", negatives, 1);
  const pairs = positives * negatives;
  const slopes = new Float64Array(scores.length);
  let auc = 0;
  let below = 0;
  let above = positives;
  for (const group of groups) {
    const beaten = below + group.negative / 2;
    above -= group.positive;
    const slope = (beaten - above - group.positive / 2) / pairs;
    auc += (group.positive * beaten) / pairs;
    below += group.negative;
    for (const row of group.rows) slopes[row] = slope;
  }
  const aucSlopes = slopes.map((slope) => slope - auc / positives + auc / negatives);
  return { kind: "ranking", auc, aucSlopes, averagePrecision: averagePrecisionOf(groups, positives) };
}

interface Group {
  readonly rows: number[];
  positive: number;
  negative: number;
}

function groupsOf(
  order: readonly number[],
  scores: ArrayLike<number>,
  calibrated: ArrayLike<number>,
  counts: ArrayLike<number>,
): readonly Group[] {
  const groups: Group[] = [];
  let last: number | null = null;
  for (const row of order) {
    const score = scores[row] as number;
    if (last === null || score !== last) groups.push({ rows: [], positive: 0, negative: 0 });
    last = score;
    const group = groups[groups.length - 1];
    if (group === undefined) continue;
    const positive = (counts[row] as number) * (calibrated[row] as number);
    group.rows.push(row);
    group.positive += positive;
    group.negative += (counts[row] as number) - positive;
  }
  return groups;
}

function averagePrecisionOf(groups: readonly Group[], positives: number): number {
  let truePositive = 0;
  let flagged = 0;
  let value = 0;
  for (const group of groups.toReversed()) {
    truePositive += group.positive;
    flagged += group.positive + group.negative;
    if (flagged > 0) value += (group.positive / positives) * (truePositive / flagged);
  }
  return value;
}
