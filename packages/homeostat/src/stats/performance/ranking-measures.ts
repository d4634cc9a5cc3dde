/**
 * One answered query. `relevance[i]` >= 0 is the relevance of the item shown at rank i + 1 (0 = irrelevant). `judged`,
 * when given, holds the relevances of all items known for the query, shown or not; without it the shown ones are all
 * there is, and recall is of what was shown.
 */
export interface RankedQuery {
  readonly relevance: readonly number[];
  readonly judged?: readonly number[];
}

/** "linear": rel / log2(rank + 1), as scikit-learn; "exponential": (2^rel - 1) / log2(rank + 1), as web search uses. */
export type Gain = "linear" | "exponential";

/** Items with relevance > 0 among those judged. O(judged). */
export function relevantCount(query: RankedQuery): number {
  return (query.judged ?? query.relevance).filter((r) => r > 0).length;
}

/** Share of the first k ranks that hold a relevant item; ranks past the end of the list hold none. O(k). */
export function precisionAtK(query: RankedQuery, k: number): number {
  return hitsAt(query, k) / checkedK(k);
}

/** Share of the relevant items found in the first k ranks; null when nothing is relevant. O(k + judged). */
export function recallAtK(query: RankedQuery, k: number): number | null {
  const relevant = relevantCount(query);
  return relevant === 0 ? null : hitsAt(query, k) / relevant;
}

/**
 * Average precision at k: mean of precision@i over the relevant ranks i <= k, divided by min(relevant, k), so that a
 * perfect list scores 1. Null when nothing is relevant. O(k + judged).
 */
export function averagePrecisionAtK(query: RankedQuery, k: number): number | null {
  const relevant = relevantCount(query);
  if (relevant === 0) return null;
  let hits = 0;
  let sum = 0;
  for (let i = 0; i < Math.min(checkedK(k), query.relevance.length); i++) {
    if (!((query.relevance[i] ?? 0) > 0)) continue;
    hits += 1;
    sum += hits / (i + 1);
  }
  return sum / Math.min(relevant, k);
}

/** 1 / rank of the first relevant item, 0 when none is in the first k; null when nothing is relevant. O(k + judged). */
export function reciprocalRankAtK(query: RankedQuery, k: number): number | null {
  if (relevantCount(query) === 0) return null;
  const first = query.relevance.slice(0, checkedK(k)).findIndex((r) => r > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

/** 1 when a relevant item is in the first k, else 0; null when nothing is relevant. O(k + judged). */
export function hitAtK(query: RankedQuery, k: number): 0 | 1 | null {
  if (relevantCount(query) === 0) return null;
  return hitsAt(query, k) > 0 ? 1 : 0;
}

/**
 * Normalised discounted cumulative gain: DCG@k of the list over DCG@k of the judged items in the best order.
 * Null when nothing is relevant. O(judged log judged).
 * Source: Järvelin and Kekäläinen (2002), ACM TOIS 20.
 */
export function ndcgAtK(query: RankedQuery, k: number, gain: Gain = "linear"): number | null {
  const ideal = discountedGain(
    [...(query.judged ?? query.relevance)].sort((a, b) => b - a),
    checkedK(k),
    gain,
  );
  return ideal === 0 ? null : discountedGain(query.relevance, k, gain) / ideal;
}

/**
 * NDCG@k of items ranked by `scores`, averaged over the orders of tied scores (each tied item takes the mean discount
 * of its group). Null when nothing is relevant. O(n log n).
 * Source: McSherry and Najork (2008), ECIR.
 */
export function ndcgFromScores(
  scores: readonly number[],
  relevance: readonly number[],
  k: number,
  gain: Gain = "linear",
): number | null {
  if (scores.length !== relevance.length) throw new RangeError("scores and relevance differ in length");
  const ideal = discountedGain(
    [...relevance].sort((a, b) => b - a),
    checkedK(k),
    gain,
  );
  if (ideal === 0) return null;
  const order = scores.map((_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let total = 0;
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start] ?? 0];
    let end = start;
    let gains = 0;
    let discounts = 0;
    for (; end < order.length && scores[order[end] ?? 0] === score; end++) {
      gains += gainOf(relevance[order[end] ?? 0] ?? 0, gain);
      if (end < k) discounts += 1 / Math.log2(end + 2);
    }
    total += (gains * discounts) / (end - start);
    start = end;
  }
  return total / ideal;
}

function discountedGain(relevance: readonly number[], k: number, gain: Gain): number {
  let sum = 0;
  for (let i = 0; i < Math.min(k, relevance.length); i++) sum += gainOf(relevance[i] ?? 0, gain) / Math.log2(i + 2);
  return sum;
}

function gainOf(relevance: number, gain: Gain): number {
  return gain === "linear" ? relevance : 2 ** relevance - 1;
}

function hitsAt(query: RankedQuery, k: number): number {
  return query.relevance.slice(0, checkedK(k)).filter((r) => r > 0).length;
}

function checkedK(k: number): number {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a positive integer, got ${k}`);
  return k;
}
