import type { PerformanceCell } from "@homeostat/protocol";
import type { Term } from "./definition.ts";
import { formatDecimal, formatDifference, formatNumber } from "./number.ts";

export type MetricName = PerformanceCell["headline"]["name"];

interface MetricWords {
  readonly word: string;
  readonly better: "higher" | "lower";
  readonly hint: Term;
  /** Values that the axis never goes beyond. */
  readonly limits: readonly [number, number];
  format(value: number | null): string;
  formatChange(value: number | null): string;
}

const share = {
  limits: [0, 1],
  format: (value: number | null) => formatDecimal(value, 3),
  formatChange: (value: number | null) => formatDifference(value, 3),
} as const;
const amount = {
  limits: [0, Number.POSITIVE_INFINITY],
  format: formatNumber,
  formatChange: (value: number | null) =>
    value !== null && value > 0 ? `+${formatNumber(value)}` : formatNumber(value),
} as const;

/** How each metric is spoken of and shown. */
export const metricWords: Readonly<Record<MetricName, MetricWords>> = {
  auc: { word: "AUC", better: "higher", hint: "auc", ...share },
  accuracy: { word: "Accuracy", better: "higher", hint: "accuracy", ...share },
  macroF1: { word: "Macro F1", better: "higher", hint: "macroF1", ...share },
  macroPrecision: { word: "Macro precision", better: "higher", hint: "precision", ...share },
  precision: { word: "Precision", better: "higher", hint: "precision", ...share },
  recall: { word: "Recall", better: "higher", hint: "recall", ...share },
  f1: { word: "F1", better: "higher", hint: "f1", ...share },
  brier: { word: "Brier score", better: "lower", hint: "brier", ...share },
  calibrationError: { word: "Calibration error", better: "lower", hint: "calibration", ...share },
  balancedAccuracy: { word: "Balanced accuracy", better: "higher", hint: "accuracy", ...share },
  logLoss: { word: "Log loss", better: "lower", hint: "logLoss", ...amount },
  mae: { word: "Mean absolute error", better: "lower", hint: "mae", ...amount },
  rmse: { word: "RMSE", better: "lower", hint: "mae", ...amount },
  bias: { word: "Bias", better: "lower", hint: "bias", ...amount },
  r2: { word: "R²", better: "higher", hint: "r2", ...share },
  mape: { word: "Mean absolute percentage error", better: "lower", hint: "mae", ...share },
};
