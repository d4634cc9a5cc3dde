import { z } from "zod";
import { estimate, release } from "./learning.ts";
import { instant } from "./name.ts";

export const verdictState = z.enum([
  "healthy",
  "warning",
  "critical",
  "not-enough-data",
  "waiting-for-labels",
  "not-checked",
]);
export type VerdictState = z.infer<typeof verdictState>;

export const windowSummary = z.object({
  start: instant,
  end: instant,
  state: z.enum(["open", "due", "evaluated"]),
  current: z
    .boolean()
    .describe("Whether the evaluation has seen everything: false when rows or outcomes came since, or are to mature"),
  rows: z.int(),
  labelledRows: z.int(),
  labelCoverage: z
    .number()
    .nullable()
    .describe("Share of rows with an outcome; null when the window holds no rows or was not evaluated"),
  verdict: verdictState.describe("The worse of what monitors and contract say"),
  monitors: verdictState.describe("Of the monitors alone, against the baseline"),
  contract: z.object({
    verdict: verdictState.describe("Of the source's contract alone"),
    broken: z.int().describe("Rules broken, those of severity info left out"),
    passed: z.int(),
    notChecked: z.int().describe("Rules that could not be counted in this window"),
  }),
  findings: z.int().describe("Of both"),
  restatements: z.int(),
});
export type WindowSummary = z.infer<typeof windowSummary>;

export const segmentRef = z.object({ name: z.string(), value: z.string() }).nullable().describe("null: all rows");
export type SegmentRef = z.infer<typeof segmentRef>;

/** One cell of a drift picture: one feature in one segment in one window. */
export const driftCell = z.object({
  window: instant,
  feature: z.string(),
  segment: segmentRef,
  state: verdictState,
  season: z
    .string()
    .nullable()
    .describe(
      "The season of the baseline it was held against: `all`, `day-1` (Monday) to `day-7`, `hour-000` to `hour-167`; null of several windows",
    ),
  variant: z.string().describe("`psi/jeffreys10`"),
  psi: z.number().nullable(),
  psiDebiased: z.number().nullable(),
  expectedByChance: z.number().nullable().describe("PSI that chance alone gives on average at these sizes"),
  pValue: z.number().nullable(),
  rows: z.int(),
  baselineRows: z.int(),
  bins: z.int(),
});
export type DriftCell = z.infer<typeof driftCell>;

/** Every metric of every task; `calibrationError` is the debiased root mean square, 0 on average when calibrated. */
export const metricName = z.enum([
  "auc",
  "accuracy",
  "precision",
  "recall",
  "f1",
  "logLoss",
  "brier",
  "calibrationError",
  "mae",
  "rmse",
  "bias",
  "r2",
  "mape",
  "macroF1",
  "macroPrecision",
  "balancedAccuracy",
]);
export type MetricName = z.infer<typeof metricName>;

/** A metric of a window beside the baseline's; null where it cannot be said. */
export const namedMetric = z.object({
  name: metricName,
  value: estimate.nullable(),
  baseline: estimate.nullable(),
});
export type NamedMetric = z.infer<typeof namedMetric>;

/** A loss of performance in parts that add up to it; all in errors a row, or in the unit of the regression. */
export const lossSplit = z.object({
  total: z.number(),
  covariate: z.number().describe("Because other rows arrive: data drift"),
  concept: z.number().describe("Because rows alike in prediction and features fare worse: concept drift"),
  unseen: z.number().describe("Because of kinds of rows that are on one side only"),
  unseenShare: z.number(),
  reading: z.enum(["concept-drift", "data-drift", "both", "extrapolation", "no-loss"]),
  features: z.array(z.string()).describe("In which rows were held alike, beside their prediction"),
  rows: z.int(),
});
export type LossSplit = z.infer<typeof lossSplit>;

/** The headline of an earlier window beside this one's; null where either is not known. */
export const earlierPerformance = z
  .object({
    window: instant,
    value: estimate,
    difference: z.number().describe("This window less the earlier one"),
    pValue: z.number().describe("Two-sided, from the two intervals"),
    reading: z.enum(["better", "worse", "no-difference-shown"]),
  })
  .nullable();

export const performanceCell = z.object({
  window: instant,
  segment: segmentRef,
  state: verdictState,
  rows: z.int(),
  labelledRows: z.int(),
  headline: namedMetric.describe("What the task is judged by: `auc`, `mae` (regression) or `accuracy` (multiclass)"),
  others: z.array(namedMetric).describe("The further metrics of the task"),
  classes: z
    .array(
      z.object({
        name: z.string(),
        actual: z.int().describe("Labelled rows that are of the class"),
        predicted: z.int().describe("Labelled rows predicted as it"),
        precision: estimate.nullable(),
        recall: estimate.nullable(),
      }),
    )
    .describe("Of multiclass classification: the twenty most frequent classes"),
  auc: estimate.nullable(),
  accuracy: estimate.nullable(),
  positiveShare: estimate.nullable(),
  meanProbability: z.number().nullable(),
  calibrationError: z.number().nullable(),
  baselineAuc: estimate.nullable(),
  baselineAccuracy: estimate.nullable(),
  pValue: z.number().nullable().describe("The headline against the baseline, after overdispersion"),
  against: z.object({
    lastWindow: earlierPerformance,
    yesterday: earlierPerformance,
    lastWeek: earlierPerformance,
  }),
  split: lossSplit.nullable().describe("Of a loss against the baseline: data drift or concept drift; null without one"),
});
export type PerformanceCell = z.infer<typeof performanceCell>;

export const finding = z.object({
  id: z.string(),
  system: z.string(),
  release: z.string().nullable(),
  monitor: z.enum([
    "input-drift",
    "prediction-drift",
    "null-rate",
    "new-category",
    "out-of-range",
    "out-of-distribution",
    "training-serving-skew",
    "multivariate-drift",
    "feature-age",
    "probing",
    "non-determinism",
    "volume",
    "performance",
    "estimated-performance",
    "concept-drift",
    "silent-degradation",
    "cohort-consistency",
    "contract",
    "latency",
    "error-rate",
    "slo-burn",
  ]),
  monitorName: z.string().describe("The monitor by its name in the system; a default monitor is called like its kind"),
  owner: z.string().nullable().describe("Whom it is told to; null in findings of earlier versions"),
  runbook: z.string().nullable().describe("What to do, as declared with the monitor"),
  layer: z.enum(["infrastructure", "pipeline", "model", "outcome"]),
  window: z.object({ start: instant, end: instant }),
  segment: segmentRef,
  feature: z.string().nullable(),
  metric: z.string(),
  variant: z.string(),
  value: z.number(),
  baselineValue: z.number().nullable(),
  effect: z.number(),
  threshold: z.number(),
  expectedByChance: z.number().nullable(),
  pValue: z.number(),
  adjustedPValue: z.number().nullable(),
  lowerBound: z.number().nullable(),
  overdispersion: z.number().nullable(),
  rows: z.int(),
  baselineRows: z.int(),
  severity: z.enum(["warning", "critical"]),
  rule: z.string().describe("The rule that fired, in words"),
  sentence: z.string(),
  values: z
    .array(z.object({ value: z.string(), count: z.int() }))
    .describe("Offending values, where the finding is about values"),
  withdrawnAt: instant.nullable(),
});
export type Finding = z.infer<typeof finding>;

export const systemSummary = z.object({
  name: z.string(),
  description: z.string(),
  domain: z.string(),
  serving: z.enum(["gateway", "monitor-only"]),
  health: verdictState,
  liveRelease: release.nullable(),
  openIncidents: z.int(),
  rows: z.int(),
  labelledRows: z.int(),
  lastWindow: windowSummary.nullable(),
  lastEventAt: instant.nullable(),
  owners: z.record(z.string(), z.string()),
});
export type SystemSummary = z.infer<typeof systemSummary>;

export const systemDetail = systemSummary.extend({
  features: z.array(z.object({ name: z.string(), type: z.string(), expression: z.string() })),
  segments: z.array(z.object({ name: z.string(), expression: z.string(), values: z.array(z.string()) })),
  outcome: z.string(),
  task: z.enum(["binary-classification", "regression", "multiclass-classification"]),
  unit: z.string().nullable().describe("Of the predicted value, of a regression"),
  windows: z.object({ lengthMs: z.int(), latenessMs: z.int(), season: z.string() }),
  unchecked: z.array(z.string()),
});
export type SystemDetail = z.infer<typeof systemDetail>;

/** Rows that are not where they should be. */
export const gap = z.object({
  kind: z
    .enum(["spool-full", "spool-old", "spool-unwritable", "not-logged", "quarantine-full", "file-lost"])
    .describe(
      "`spool-*`: the sender was told to come back with them; `not-logged`: answered by the gateway and not written down; `quarantine-full`: refused, and nothing of them kept; `file-lost`: acknowledged, and their file gone from the spool",
    ),
  rows: z.int(),
  lastAt: instant,
});

export const intakeCounts = z.object({
  predictions: z.object({ acknowledged: z.int(), stored: z.int(), duplicates: z.int(), pendingInSpool: z.int() }),
  outcomes: z.object({ acknowledged: z.int(), stored: z.int(), duplicates: z.int(), pendingInSpool: z.int() }),
  quarantined: z.int().describe("Refused rows in quarantine that nobody has replayed or discarded yet"),
  quarantinePending: z.int().describe("Refused rows on their way to the quarantine"),
  inferenceHalves: z.int().describe("Logged requests or responses of inferences that wait for the other half"),
  gaps: z.array(gap).describe("Rows that were not taken, by reason, ever"),
  joined: z.int().describe("Predictions that have an outcome"),
  outcomesWaiting: z.int().describe("Outcomes whose prediction is not known yet"),
});
export type IntakeCounts = z.infer<typeof intakeCounts>;
