import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";

/** Fewer labelled rows than this say too little about a mean. */
export const leastLabelled = 30;

/** Variance of one row's loss, from the sums of many. */
export type RowVariance = (sums: MomentSums) => number;

/** Of any number: s². */
export const varianceOfLoss: RowVariance = ({ n, sum, sumSquares }) =>
  n < 2 ? Number.NaN : Math.max(0, (sumSquares - (sum * sum) / n) / (n - 1));

/** Of a share, drawn a little to the middle (Agresti and Coull 1998), so that a reference without any error has a variance too. */
export const varianceOfShare: RowVariance = ({ n, sum }) => {
  const share = (sum + 2) / (n + 4);
  return share * (1 - share);
};

/** Squared standardised deviation of each healthy window's mean loss from that of the others: 1 on average for independent rows. */
export function lossDeviations(windows: readonly MomentSums[], variance: RowVariance): readonly number[] {
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
    const expected = variance(rest) * (1 / own.n + 1 / rest.n);
    return expected > 0 ? [(own.sum / own.n - rest.sum / rest.n) ** 2 / expected] : [];
  });
}

function subtractMoments(left: MomentSums, right: MomentSums): MomentSums {
  return { n: left.n - right.n, sum: left.sum - right.sum, sumSquares: left.sumSquares - right.sumSquares };
}

export interface LossGrowth {
  readonly difference: number;
  /** Lower end of the two-sided 95 % interval of the difference, by the normal law and the baseline's variance. */
  readonly lower: number;
  /** One-sided. */
  readonly pValue: number;
}

/**
 * Did a mean loss grow? The score test of "the window's rows are like the baseline's": both means have the variance of
 * the baseline's rows, inflated by how much healthy windows differ, and the difference is held against Student's t with
 * as many degrees of freedom as that was measured with. (With the window's own variance, errors that grow would hide
 * their own growth.) undefined where the baseline does not vary. O(1).
 */
export function lossGrowth(
  baseline: MomentSums,
  now: MomentSums,
  variation: Overdispersion,
  variance: RowVariance,
): LossGrowth | undefined {
  const spread = Math.sqrt(variation.phi * variance(baseline) * (1 / baseline.n + 1 / now.n));
  if (!(spread > 0)) return undefined;
  const difference = now.sum / now.n - baseline.sum / baseline.n;
  return {
    difference,
    lower: difference - 1.96 * spread,
    pValue: studentTSurvival(difference / spread, Math.max(1, variation.windows - 1)),
  };
}
