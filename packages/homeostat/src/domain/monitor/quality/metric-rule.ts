import type { MetricName } from "./metric-name.ts";

/** When a change of a metric matters, and how it is spoken of. */
export interface MetricRule {
  readonly name: string;
  readonly better: "higher" | "lower";
  /** How much worse matters: in the metric's own unit, or as a share of the baseline's value. */
  readonly threshold: number;
  readonly scale: "absolute" | "relative";
  format(value: number): string;
}

const three = (value: number): string => value.toFixed(3);
const significant = (value: number): string => String(Number(value.toPrecision(4)));

const share = (name: string): MetricRule => ({
  name,
  better: "higher",
  threshold: 0.05,
  scale: "absolute",
  format: three,
});
const loss = (name: string): MetricRule => ({
  name,
  better: "lower",
  threshold: 0.2,
  scale: "relative",
  format: significant,
});

/** Every metric a window can be judged by. The thresholds of AUC, accuracy and MAE are those of the default monitors. */
export const metricRules: Readonly<Record<MetricName, MetricRule>> = {
  auc: share("AUC"),
  accuracy: share("accuracy"),
  precision: share("precision"),
  recall: share("recall"),
  f1: share("F1"),
  macroF1: share("macro F1"),
  macroPrecision: share("macro precision"),
  balancedAccuracy: share("balanced accuracy"),
  r2: share("R²"),
  logLoss: loss("the log loss"),
  brier: loss("the Brier score"),
  mae: loss("the mean absolute error"),
  rmse: loss("the root mean squared error"),
  mape: loss("the mean absolute percentage error"),
  calibrationError: { ...loss("the calibration error"), threshold: 0.05, scale: "absolute", format: three },
  // Better is nearer to nothing; which way it leans is shown, not judged.
  bias: loss("the bias"),
};

/** The metrics that a task can be judged by. */
export const metricsOfTask = {
  binary: ["auc", "accuracy", "precision", "recall", "f1", "logLoss", "brier", "calibrationError"],
  regression: ["mae", "rmse", "r2", "mape"],
  multiclass: ["accuracy", "macroF1", "macroPrecision", "balancedAccuracy", "logLoss"],
} as const satisfies Readonly<Record<string, readonly MetricName[]>>;

/** Of every task. The bias is shown, not judged: which way it leans may be wanted. */
export const judgedMetrics: readonly MetricName[] = [...new Set(Object.values(metricsOfTask).flat())];
