/** Words that need a hint, each in two plain sentences at most. */
export const definitions = {
  psi: {
    word: "PSI",
    text: "Population stability index: how far the values of a feature have moved from the baseline. From 0.1 it is a warning, from 0.25 an incident trigger.",
  },
  debiased: {
    word: "Debiased",
    text: "PSI is never zero on few rows, even when nothing changed. Debiased PSI has that expected part taken off.",
  },
  segment: {
    word: "Segment",
    text: "A declared slice of the rows, such as one origin airport. Each value is watched by itself, because the total can look calm while one slice is broken.",
  },
  coverage: {
    word: "Label coverage",
    text: "The share of predictions whose true outcome is known so far. Performance counts only those rows.",
  },
  overdispersion: {
    word: "Overdispersion",
    text: "How much more healthy windows vary than pure chance would let them. Test results are divided by it, so that ordinary variation does not raise alarms.",
  },
  posterior: {
    word: "Posterior",
    text: "How probable each suspect is as the cause, given the timing, the lineage and the drift. Together with “none of the logged changes” they add up to 100 %.",
  },
  auc: {
    word: "AUC",
    text: "The chance that a row with a positive outcome got a higher score than one with a negative outcome. 1 is perfect, 0.5 is guessing.",
  },
  mae: {
    word: "Mean absolute error",
    text: "How far the predicted value lies from the true one on average, in the unit of the prediction. 0 is perfect.",
  },
  bias: {
    word: "Bias",
    text: "Mean of prediction minus truth. Above 0 the model is too high, below 0 too low.",
  },
  r2: {
    word: "R²",
    text: "The share of the variation of the true values that the predictions explain. 1 is perfect, 0 is no better than their mean.",
  },
  accuracy: {
    word: "Accuracy",
    text: "The share of rows whose predicted class is the true one. Balanced accuracy gives every class the same weight.",
  },
  estimate: {
    word: "Estimated performance",
    text: "What the predictions alone say of how good they were, if outcomes follow predictions as in the baseline. It sees inputs that move to where the model is unsure; it cannot see concept drift. Held against the outcomes once they are here.",
  },
  earlier: {
    word: "Against earlier windows",
    text: "The difference to the window before, and to those a day and a week before. Same: no difference beyond chance.",
  },
  precision: {
    word: "Precision",
    text: "The share of rows decided positive that are positive. Macro precision is its mean over the classes.",
  },
  recall: {
    word: "Recall",
    text: "The share of positive rows that were decided positive.",
  },
  f1: {
    word: "F1",
    text: "The balance of precision and recall: 1 is perfect, 0 finds nothing.",
  },
  brier: {
    word: "Brier score",
    text: "The mean squared difference between the probability and what happened (1 or 0). 0 is perfect.",
  },
  calibration: {
    word: "Calibration error",
    text: "How far probabilities and shares of positive outcomes lie apart over twenty groups of scores, less what chance alone gives. 0 is perfect.",
  },
  macroF1: {
    word: "Macro F1",
    text: "For every class the balance of precision and recall, averaged over the classes, so that rare classes count as much as frequent ones.",
  },
  logLoss: {
    word: "Log loss",
    text: "How surprised the model is by the true class, given the probabilities it told. 0 is perfect.",
  },
  labelLag: {
    word: "Label lag",
    text: "The time from a prediction to its label. The curve counts predictions still waiting as waiting at least so long, and never leaves them out.",
  },
  interval: {
    word: "95 % interval",
    text: "The range in which the true value lies, with 95 % confidence, given the number of rows.",
  },
  baseline: {
    word: "Baseline",
    text: "The frozen picture of normal that belongs to a release. Every window is compared with it.",
  },
  pValue: {
    word: "p-value",
    text: "How often chance alone would show a difference at least this large, if nothing had changed. Small means: hardly by chance.",
  },
  adjustedPValue: {
    word: "Adjusted p-value",
    text: "The p-value corrected for the many features and segments tested at once.",
  },
  chance: {
    word: "Expected by chance",
    text: "The PSI that an unchanged feature would show on average with this number of rows.",
  },
  lowerBound: {
    word: "Lower bound",
    text: "The true effect is above this with 95 % confidence. It grades certainty and never silences a finding.",
  },
  window: {
    word: "Window",
    text: "A stretch of event time that is judged as one. It is judged again when late rows arrive.",
  },
  slice: {
    word: "Slice",
    text: "The part of the rows where the trouble is, found by comparing every segment with its own baseline.",
  },
  freshness: {
    word: "Freshness",
    text: "How old the newest event was when it was received. Sent long after the fact, as in a replay, it is large and nothing is wrong.",
  },
  completeness: {
    word: "Completeness",
    text: "The share of the rows that break no rule of the contract. Unknown where rows were held to no rules when they came.",
  },
  volume: {
    word: "Volume",
    text: "How many rows the window holds.",
  },
  processing: {
    word: "Processing time",
    text: "From receipt until the row was stored: 95 % of the rows stay within it.",
  },
  quarantine: {
    word: "Quarantine",
    text: "Rows that were sent and could not be stored. They are kept with their payload until somebody replays or discards them.",
  },
  spool: {
    word: "Spool",
    text: "The durable queue on disk between the acknowledgement of a row and its place in the store.",
  },
  gap: {
    word: "Gap",
    text: "Rows that are not where they should be: turned away, answered without being written down, or lost. They are counted here.",
  },
  clockSkew: {
    word: "Clock skew",
    text: "How far a sender's clock is ahead of the server's. Below two seconds it is the time of the network.",
  },
  digest: {
    word: "Digest",
    text: "The name of a dataset follows from its content: the same rows have the same name on another machine and at another time.",
  },
  layer: {
    word: "Layer",
    text: "Where the trouble shows: infrastructure, pipeline, model (inputs and predictions) or outcome (labels and business).",
  },
} as const satisfies Record<string, { readonly word: string; readonly text: string }>;

export type Term = keyof typeof definitions;
