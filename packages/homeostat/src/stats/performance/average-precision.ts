import { clopperPearson } from "../special/clopper-pearson.ts";
import { type Estimate, type IntervalOptions, type ResolvedInterval, resolveInterval } from "./estimate.ts";
import { firstBadCount, type Insufficient, type Invalid, insufficient, requireSameLength } from "./refusal.ts";
import { scoreGroupsOf } from "./score-groups.ts";

/**
 * Average precision (area under the precision-recall steps, no interpolation) from counts per score bin.
 *
 *   AP = (1/P) sum_g pos_g · TP_g / (TP_g + FP_g),  g from the highest score down, TP and FP cumulative and tie-inclusive
 *
 * Standard error by the infinitesimal jackknife: with D_h = sum_{g at or below h} pos_g FP_g / N_g^2 and
 * E_h = sum pos_g TP_g / N_g^2, a positive of bin h has influence (prec_h + D_h - AP)/P, a negative -E_h/P. Interval on
 * the logit scale; at AP = 1 the Clopper-Pearson limits of P of P.
 *
 * Counts per bin in ascending score order, as `binnedAuc` takes them. Needs two positives. AP depends on the
 * prevalence: compare windows only at like prevalence. Assumes independent rows up to `overdispersion`; the interval
 * covers a little less than nominal below about 50 positives. O(B).
 * Source: Boyd, Eng, Page (2013), ECML, for the logit interval; Efron (1982) for the infinitesimal jackknife.
 */
export function binnedAveragePrecision(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  options: IntervalOptions = {},
): Estimate | Insufficient | Invalid {
  requireSameLength(positives, negatives, "positives and negatives per bin");
  const interval = resolveInterval(options);
  const bad = firstBadCount(positives) ?? firstBadCount(negatives);
  if (bad !== null) return bad;
  let totalPositive = 0;
  let totalNegative = 0;
  for (let b = 0; b < positives.length; b++) {
    totalPositive += positives[b] as number;
    totalNegative += negatives[b] as number;
  }
  if (totalPositive < 2) return insufficient("no-positives", totalPositive, 2);
  const { value, variance } = jackknife(positives, negatives, totalPositive);
  return withInterval(value, variance, totalPositive, totalPositive + totalNegative, interval);
}

/**
 * Average precision of rows; ties are one step, as in the binned form. `scores` without NaN, labels 0 or 1. O(n log n).
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: IntervalOptions = {},
): Estimate | Insufficient | Invalid {
  const groups = scoreGroupsOf(scores, labels);
  if (groups.kind !== "score-groups") return groups;
  return binnedAveragePrecision(groups.positives, groups.negatives, options);
}

function jackknife(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  totalPositive: number,
): { value: number; variance: number } {
  const bins = positives.length;
  const precision = new Float64Array(bins);
  const gain = new Float64Array(bins);
  const loss = new Float64Array(bins);
  let truePositive = 0;
  let falsePositive = 0;
  let value = 0;
  for (let b = bins - 1; b >= 0; b--) {
    const pos = positives[b] as number;
    truePositive += pos;
    falsePositive += negatives[b] as number;
    const flagged = truePositive + falsePositive;
    if (flagged === 0) continue;
    precision[b] = truePositive / flagged;
    value += (pos * (precision[b] as number)) / totalPositive;
    gain[b] = (pos * falsePositive) / flagged / flagged;
    loss[b] = (pos * truePositive) / flagged / flagged;
  }
  let variance = 0;
  let gainBelow = 0;
  let lossBelow = 0;
  for (let b = 0; b < bins; b++) {
    gainBelow += gain[b] as number;
    lossBelow += loss[b] as number;
    const positive = ((precision[b] as number) + gainBelow - value) / totalPositive;
    const negative = lossBelow / totalPositive;
    variance += (positives[b] as number) * positive ** 2 + (negatives[b] as number) * negative ** 2;
  }
  return { value: Math.min(1, value), variance };
}

function withInterval(
  value: number,
  variance: number,
  totalPositive: number,
  n: number,
  { alpha, overdispersion, z }: ResolvedInterval,
): Estimate {
  const standardError = Math.sqrt(variance * overdispersion);
  const shared = { kind: "estimate", value, standardError, alpha, n, effectiveN: n / overdispersion } as const;
  if (value < 1 && standardError > 0) {
    const centre = Math.log(value / (1 - value));
    const half = (z * standardError) / (value * (1 - value));
    const back = (x: number): number => 1 / (1 + Math.exp(-x));
    return {
      ...shared,
      lower: back(centre - half),
      upper: back(centre + half),
      method: "infinitesimal-jackknife-logit",
    };
  }
  const effective = totalPositive / overdispersion;
  const ends = clopperPearson(value * effective, effective, alpha);
  return { ...shared, lower: ends.lower, upper: ends.upper, method: "smaller-class-clopper-pearson" };
}
