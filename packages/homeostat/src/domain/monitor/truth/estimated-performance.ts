import type { Estimate } from "../../model/model-store.ts";
import type { MetricName } from "../quality/metric-name.ts";

/** A metric as it is expected to be, before or without outcomes, and what it turned out to be. */
export interface EstimatedMetric {
  readonly name: MetricName;
  readonly estimated: Estimate;
  /** Of the baseline's labelled rows. */
  readonly baseline: number | undefined;
  /** undefined until enough of the outcomes have arrived. */
  readonly realised: number | undefined;
}

/** The estimate set right by the outcomes that are there (prediction-powered): unbiased if they are a random part. */
export interface CorrectedEstimate {
  readonly name: MetricName;
  readonly value: Estimate;
  readonly labels: number;
  /** How much higher the labelled rows were estimated than they turned out. */
  readonly bias: number;
  /** p-value of that bias being 0. Small: the law of the outcomes changed, and the estimate is not to be believed. */
  readonly biasPValue: number;
  /** p-value of the labelled rows being a random part of all. Small: they are not, and the correction may be wrong too. */
  readonly randomPValue: number;
}

/** How good the predictions of a segment are expected to have been (R18), if P(outcome | prediction) is unchanged. */
export interface EstimatedPerformance {
  readonly rows: number;
  readonly labelledRows: number;
  /** The task's own metric first. */
  readonly metrics: readonly EstimatedMetric[];
  readonly corrected: CorrectedEstimate | undefined;
  /** Share of rows whose kind of prediction the baseline never saw with an outcome. */
  readonly unseenShare: number;
}

/** How often the intervals of past windows held the truth that came later. */
export interface EstimateRecord {
  readonly metric: MetricName;
  /** Past windows with an estimate and, since, enough outcomes. */
  readonly windows: number;
  readonly covered: number;
  /** Mean absolute difference of estimate and truth. */
  readonly meanMiss: number | undefined;
  /** Mean difference: above 0, the estimates were too high. */
  readonly meanBias: number | undefined;
  readonly standing: EstimateStanding;
}

/**
 * `too-few`: fewer than five windows to hold it against. `trusted`: intervals hold the truth about as often as they
 * claim. `narrow`: they do not, but the estimates miss by little. `do-not-trust`: they do not and miss by much, or the
 * estimates miss by as much, on average, as the change that they are to see.
 */
export type EstimateStanding = "too-few" | "trusted" | "narrow" | "do-not-trust";
