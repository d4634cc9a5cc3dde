import { type Estimate, resolveInterval } from "../performance/estimate.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "../performance/refusal.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { assumed, type Caveat, tested } from "./assumption.ts";

/** How the loss regressor did out of fold on the labelled baseline: residual = actual loss - predicted loss. */
export interface LossModelRecord {
  readonly n: number;
  readonly meanResidual: number;
  readonly residualVariance: number;
}

export interface EstimatedLossOptions {
  readonly alpha?: number;
  readonly overdispersion?: number;
  /** Default 300. */
  readonly minimumRows?: number;
  /** "root" for RMSE from predicted squared errors. Default "mean". */
  readonly scale?: "mean" | "root";
}

export interface EstimatedLoss {
  readonly kind: "estimated-loss";
  readonly estimate: Estimate;
  readonly caveats: readonly Caveat[];
}

/**
 * Direct loss estimation: the mean loss expected of unlabelled rows, from the predictions of a regressor that was
 * fitted
 * to the losses of the baseline (any regressor; it runs elsewhere).
 *
 *   value = mean(max(0, predicted loss)), its square root for "root"
 *   var = phi [ Var(predicted) + residual variance ]/N + residual variance/M      (M = baseline rows)
 *
 * Assumes the law of the loss given the inputs is unchanged, which no label-free data can test; the regressor's own
 * out-of-fold bias is tested and reported as "contradicted" when it is real. Non-finite predictions are refused with
 * their row. O(n). Source: the estimator of NannyML's DLE.
 */
export function estimatedLoss(
  predictedLosses: ArrayLike<number>,
  record: LossModelRecord,
  options: EstimatedLossOptions = {},
): EstimatedLoss | Insufficient | Invalid {
  const { alpha, overdispersion, z } = resolveInterval({
    alpha: options.alpha ?? 0.05,
    overdispersion: options.overdispersion ?? 1,
  });
  const need = Math.max(2, options.minimumRows ?? 300);
  const n = predictedLosses.length;
  for (let i = 0; i < n; i++) if (!Number.isFinite(predictedLosses[i])) return invalid("not-finite", i);
  if (n < need) return insufficient("too-few-rows", n, need);
  if (!(record.n >= 2 && record.residualVariance >= 0 && Number.isFinite(record.meanResidual)))
    return insufficient("too-few-labels", record.n, 2);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += Math.max(0, predictedLosses[i] as number) / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (Math.max(0, predictedLosses[i] as number) - mean) ** 2;
  const variance =
    (overdispersion * (squares / (n - 1) + record.residualVariance)) / n + record.residualVariance / record.n;
  const error = Math.sqrt(variance);
  const root = options.scale === "root";
  const back = (x: number): number => (root ? Math.sqrt(Math.max(0, x)) : Math.max(0, x));
  const value = back(mean);
  const biasVariance = record.residualVariance / record.n;
  const zBias = biasVariance > 0 ? Math.abs(record.meanResidual) / Math.sqrt(biasVariance) : 0;
  return {
    kind: "estimated-loss",
    estimate: {
      kind: "estimate",
      value,
      standardError: root && value > 0 ? error / (2 * value) : error,
      lower: back(mean - z * error),
      upper: back(mean + z * error),
      alpha,
      n,
      effectiveN: n / overdispersion,
      method: "normal",
    },
    caveats: [assumed("label-law-unchanged"), tested("loss-model-unchanged", Math.min(1, 2 * normalSurvival(zBias)))],
  };
}
