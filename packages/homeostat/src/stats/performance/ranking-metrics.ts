import type { Estimate, IntervalOptions } from "./estimate.ts";
import { type MomentSums, meanEstimate } from "./mean-estimate.ts";
import { mergeMomentSums } from "./probability-losses.ts";
import { proportionEstimate } from "./proportion-estimate.ts";
import {
  averagePrecisionAtK,
  type Gain,
  hitAtK,
  ndcgAtK,
  precisionAtK,
  type RankedQuery,
  recallAtK,
  reciprocalRankAtK,
} from "./ranking-measures.ts";
import { type Insufficient, type Invalid, invalid, type Refusal } from "./refusal.ts";

/** Per-query measures summed over queries that have something relevant. They add over windows of the same k. */
export interface RankingSums {
  readonly kind: "ranking-sums";
  readonly k: number;
  readonly ndcg: MomentSums;
  readonly averagePrecision: MomentSums;
  readonly reciprocalRank: MomentSums;
  readonly precision: MomentSums;
  readonly recall: MomentSums;
  readonly hits: MomentSums;
  /** Queries without a relevant item: nothing can be ranked well there, so they are counted apart. */
  readonly withoutRelevant: number;
}

export interface RankingMetrics {
  readonly ndcg: Estimate | Refusal;
  readonly meanAveragePrecision: Estimate | Refusal;
  readonly meanReciprocalRank: Estimate | Refusal;
  readonly precision: Estimate | Refusal;
  readonly recall: Estimate | Refusal;
  readonly hitRate: Estimate | Refusal;
}

/**
 * Sums the measures at `k` over queries; a negative or non-finite relevance refuses with the query's index. O(total
 * ranks).
 */
export function rankingSumsOf(
  queries: readonly RankedQuery[],
  k: number,
  gain: Gain = "linear",
): RankingSums | Invalid {
  const measures = {
    ndcg: [] as number[],
    averagePrecision: [] as number[],
    reciprocalRank: [] as number[],
    precision: [] as number[],
    recall: [] as number[],
    hits: [] as number[],
  };
  let withoutRelevant = 0;
  for (const [index, query] of queries.entries()) {
    const reason = brokenRelevance(query);
    if (reason !== null) return invalid(reason, index);
    const recall = recallAtK(query, k);
    if (recall === null) {
      withoutRelevant += 1;
      continue;
    }
    measures.ndcg.push(ndcgAtK(query, k, gain) ?? 0);
    measures.averagePrecision.push(averagePrecisionAtK(query, k) ?? 0);
    measures.reciprocalRank.push(reciprocalRankAtK(query, k) ?? 0);
    measures.precision.push(precisionAtK(query, k));
    measures.recall.push(recall);
    measures.hits.push(hitAtK(query, k) ?? 0);
  }
  return {
    kind: "ranking-sums",
    k,
    ndcg: momentsOf(measures.ndcg),
    averagePrecision: momentsOf(measures.averagePrecision),
    reciprocalRank: momentsOf(measures.reciprocalRank),
    precision: momentsOf(measures.precision),
    recall: momentsOf(measures.recall),
    hits: momentsOf(measures.hits),
    withoutRelevant,
  };
}

/** Sums of two disjoint windows at the same k (another k is a bug). O(1). */
export function mergeRankingSums(a: RankingSums, b: RankingSums): RankingSums {
  if (a.k !== b.k) throw new RangeError(`ranking sums at k ${a.k} and ${b.k} do not add`);
  return {
    kind: "ranking-sums",
    k: a.k,
    ndcg: mergeMomentSums(a.ndcg, b.ndcg),
    averagePrecision: mergeMomentSums(a.averagePrecision, b.averagePrecision),
    reciprocalRank: mergeMomentSums(a.reciprocalRank, b.reciprocalRank),
    precision: mergeMomentSums(a.precision, b.precision),
    recall: mergeMomentSums(a.recall, b.recall),
    hits: mergeMomentSums(a.hits, b.hits),
    withoutRelevant: a.withoutRelevant + b.withoutRelevant,
  };
}

/**
 * Mean of each measure over queries with a Student t interval cut to [0, 1]; the hit rate has a Wilson interval.
 * Queries are the independent units, not items. Needs two queries with something relevant. O(1).
 */
export function rankingMetrics(sums: RankingSums, options: IntervalOptions = {}): RankingMetrics {
  const mean = (of: MomentSums): Estimate | Insufficient | Invalid =>
    meanEstimate(of, { ...options, minimum: 0, maximum: 1 });
  return {
    ndcg: mean(sums.ndcg),
    meanAveragePrecision: mean(sums.averagePrecision),
    meanReciprocalRank: mean(sums.reciprocalRank),
    precision: mean(sums.precision),
    recall: mean(sums.recall),
    hitRate: proportionEstimate(sums.hits.sum, sums.hits.n, options),
  };
}

function brokenRelevance(query: RankedQuery): "not-finite" | "out-of-range" | null {
  for (const r of [...query.relevance, ...(query.judged ?? [])]) {
    if (!Number.isFinite(r)) return "not-finite";
    if (r < 0) return "out-of-range";
  }
  return null;
}

function momentsOf(values: readonly number[]): MomentSums {
  let sum = 0;
  let sumSquares = 0;
  for (const v of values) {
    sum += v;
    sumSquares += v * v;
  }
  return { n: values.length, sum, sumSquares };
}
