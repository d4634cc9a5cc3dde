/** Every metric that performance is shown or judged by, whatever the task. */
export type MetricName =
  | "auc"
  | "mae"
  | "rmse"
  | "bias"
  | "r2"
  | "mape"
  | "accuracy"
  | "macroF1"
  | "balancedAccuracy"
  | "macroPrecision"
  | "precision"
  | "recall"
  | "f1"
  | "brier"
  | "calibrationError"
  | "logLoss";
