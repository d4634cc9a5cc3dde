import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";

/** Fewer labelled rows than this say too little about a mean. */
export const leastLabelled = 30;

/** Variance of a mean from its sums. */
export type VarianceOfMean = (sums: MomentSums) => number;

/** Of any number: s² / n. */
export const varianceOfMean: VarianceOfMean = ({ n, sum, sumSquares }) =>
  n < 2 ? Number.NaN : Math.max(0, (sumSquares - (sum * sum) / n) / (n - 1)) / n;

/** Of a share, drawn a little to the middle (Agresti and Coull 1998), so that a window without any error has a variance too. */
export const varianceOfShare: VarianceOfMean = ({ n, sum }) => {
  const share = (sum + 2) / (n + 4);
  return (share * (1 - share)) / n;
};

export function subtractMoments(left: MomentSums, right: MomentSums): MomentSums {
  return { n: left.n - right.n, sum: left.sum - right.sum, sumSquares: left.sumSquares - right.sumSquares };
}

/** Squared standardised deviation of each healthy window's mean loss from that of the others: 1 on average for independent rows. */
export function lossDeviations(windows: readonly MomentSums[], variance: VarianceOfMean): readonly number[] {
  const all = windows.reduce(
    (total, window) => ({
      n: total.n + window.n,
      sum: total.sum + window.sum,
      sumSquares: total.sumSquares + window.sumSquares,
    }),
    { n: 0, sum: 0, sumSquares: 0 },
  );
  return windows.flatMap((own) => {
    const rest = subtractMoments(all, own);
    if (Math.min(own.n, rest.n) < leastLabelled) return [];
    const expected = variance(own) + variance(rest);
    return expected > 0 ? [(own.sum / own.n - rest.sum / rest.n) ** 2 / expected] : [];
  });
}

export interface LossGrowth {
  readonly difference: number;
  /** Lower end of the two-sided 95 % interval of the difference, by the normal law. */
  readonly lower: number;
  /** One-sided. */
  readonly pValue: number;
}

/**
 * Did a mean loss grow? Welch's difference of two means with the variance of both inflated by how much healthy windows
 * differ, held against Student's t with as many degrees of freedom as that was measured with. undefined where neither
 * varies. O(1).
 */
export function lossGrowth(
  baseline: MomentSums,
  now: MomentSums,
  variation: Overdispersion,
  variance: VarianceOfMean,
): LossGrowth | undefined {
  const spread = Math.sqrt(variation.phi * (variance(baseline) + variance(now)));
  if (!(spread > 0)) return undefined;
  const difference = now.sum / now.n - baseline.sum / baseline.n;
  return {
    difference,
    lower: difference - 1.96 * spread,
    pValue: studentTSurvival(difference / spread, Math.max(1, variation.windows - 1)),
  };
}
