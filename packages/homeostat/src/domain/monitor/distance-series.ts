import { cramersV } from "../../stats/distance/cramers-v.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "../../stats/distance/evidence.ts";
import { hellinger } from "../../stats/distance/hellinger.ts";
import { jensenShannon } from "../../stats/distance/jensen-shannon.ts";
import { kolmogorovSmirnovOfBins } from "../../stats/distance/kolmogorov-smirnov.ts";
import { kullbackLeibler } from "../../stats/distance/kullback-leibler.ts";
import { largestDifference, totalVariation } from "../../stats/distance/largest-difference.ts";
import { groupCounts } from "../../stats/histogram/bin-groups.ts";
import { type Binning, nullBinOf } from "../../stats/histogram/binning.ts";
import { total } from "./count-series.ts";
import { type PsiQuestion, psiDefaults, psiSeries } from "./psi-series.ts";
import { seasonMissing, untested } from "./untested.ts";
import type { SeriesTest } from "./verdict.ts";

type Distance = (
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions,
) => DistanceEvidence | InsufficientEvidence;

/** Distances over report bins; each brings its own law of chance. */
const overReportBins: Readonly<Record<string, Distance>> = {
  "jensen-shannon": jensenShannon,
  hellinger,
  "kullback-leibler": kullbackLeibler,
  "total-variation": totalVariation,
  "largest-difference": largestDifference,
  "cramers-v": cramersV,
};

const chosen = (threshold: number, unit: string) =>
  ({ threshold, persistenceWindows: psiDefaults.persistenceWindows, unit, onlyWhenDeclared: true }) as const;

/**
 * The distances a monitor of drift may be declared with; PSI is the default. Thresholds of the first three are where a
 * small move has a PSI of 0.25 (8·ln2·JS² ≈ 8H² ≈ 2·KL ≈ PSI); those of the others are conventional, not measured.
 * Distances that need values and not counts (Wasserstein, energy, kernel) are none of them.
 */
export const driftMetrics = {
  psi: psiDefaults,
  "jensen-shannon": chosen(0.21, "Jensen-Shannon distance (base 2) above chance"),
  hellinger: chosen(0.18, "Hellinger distance above chance"),
  "kullback-leibler": chosen(0.125, "Kullback-Leibler divergence above chance"),
  "total-variation": chosen(0.2, "share of the rows above chance"),
  "largest-difference": chosen(0.15, "share of the rows above chance"),
  "cramers-v": chosen(0.1, "Cramér's V"),
  "kolmogorov-smirnov": chosen(0.2, "largest difference of the distribution functions above chance"),
} as const;

/** Distances in the statistics room that counts cannot give, with why: said to whoever declares one. */
export const valueDistances: Readonly<Record<string, string>> = {
  wasserstein: "needs the values, and a window keeps counts",
  energy: "needs the values, and a window keeps counts",
  "kernel-mean-distance": "needs the values, and a window keeps counts",
  "domain-auc": "is asked by a monitor of kind multivariate-drift",
};

/**
 * Did a distribution move, by any distance that counts can give? Of the null law of the distance itself, with measured
 * overdispersion; the effect is what goes beyond chance. Cost: that of the distance.
 */
export function distanceSeries(metric: string, question: PsiQuestion, binning: Binning): SeriesTest {
  if (metric === "psi") return psiSeries(question);
  const { key, counts, normal, groups, overdispersion, threshold } = question;
  const rows = total(counts);
  if (normal === undefined) return untested(key, "not-checked", seasonMissing, { rows, baselineRows: 0 });
  const counted = { rows, baselineRows: total(normal) };
  if (counted.baselineRows === 0) return untested(key, "not-checked", "the baseline has no such row", counted);
  const options = overdispersion === undefined ? {} : { overdispersion };
  const distance = overReportBins[metric];
  if (distance === undefined && binning.kind === "categorical")
    return untested(key, "not-checked", "categories have no order, which this distance needs", counted);
  const used = groups(counts, normal);
  const compared =
    distance === undefined
      ? kolmogorovSmirnovOfBins(counts.slice(0, nullBinOf(binning)), normal.slice(0, nullBinOf(binning)), options)
      : distance(groupCounts(counts, used), groupCounts(normal, used), options);
  if (compared.kind === "insufficient" || compared.pValue === null)
    return untested(key, "not-enough-data", "too few rows to compare", counted);
  return {
    kind: "tested",
    key,
    numbers: {
      variant: compared.variant,
      value: compared.value,
      baselineValue: undefined,
      effect: Math.max(0, compared.value - compared.expectedByChance),
      threshold,
      pValue: compared.pValue,
      expectedByChance: compared.expectedByChance,
      lowerBound: undefined,
      overdispersion: overdispersion?.phi,
      bins: compared.bins,
      ...counted,
    },
  };
}

/** `PSI`, `Hellinger distance`: how a metric of drift is called in a sentence. */
export function distanceWords(metric: string): string {
  return metric === "psi" ? "PSI" : metric.replaceAll("-", " ");
}
