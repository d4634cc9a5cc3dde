import { binomialSurvival } from "../../../stats/special/binomial-survival.ts";
import type { FeatureReplay } from "../../skew/replay.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, wholeNumber, windowsRunning } from "../wording.ts";

/** Fewer mismatched rows than this are an accident of a row, not a pipeline that computes something else. */
const leastMismatches = 5;
/** A rate that may be: rows erased, corrected or replayed while a pipeline was exchanged. */
const toleratedRate = 0.001;

/**
 * Logged inputs recomputed by the training pipeline and compared with the vectors that were really served (R17), feature by
 * feature. An exact comparison: the p-value is the chance of as many mismatches if one row in a thousand might differ.
 *
 * It asks about all rows: a sample of 3,000 shows a mismatch in one row in a thousand with 95 % confidence. Rows whose
 * vector the sender did not tell cannot be compared.
 */
export const trainingServingSkew: MonitorDefinition = {
  kind: "training-serving-skew",
  layer: "pipeline",
  area: "serving",
  defaults: {
    severity: "critical",
    metrics: {
      "replay-mismatch": {
        threshold: toleratedRate,
        persistenceWindows: 1,
        isExact: true,
        unit: "share of the replayed rows",
      },
    },
  },
  covers: ["training-serving-skew"],
  needs: ["replay"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `more than ${percent(threshold)} of the replayed rows (and ${leastMismatches}) were served another value than the training pipeline gives, beyond rounding, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `\`${key.feature}\` is computed otherwise in serving than in training: ${wholeNumber(numbers.value * numbers.rows)} of ${wholeNumber(numbers.rows)} replayed rows differ; ${numbers.detail ?? "no single rule explains it"}`,
  ask: ({ evidence: { replay } }, settings) => {
    if (chosenSegments(settings, [undefined]).length === 0) return [];
    const key = { monitor: "training-serving-skew", metric: "replay-mismatch", segment: undefined } as const;
    const none = { rows: 0, baselineRows: 0 };
    if (replay === undefined)
      return [untested({ ...key, feature: undefined }, "not-checked", "no rows were replayed", none)];
    if (replay.kind === "not-replayed")
      return [untested({ ...key, feature: undefined }, "not-checked", replay.message, none)];
    return replay.report.features
      .filter(({ feature }) => settings.features === undefined || settings.features.includes(feature))
      .map((found) => testOf({ ...key, feature: found.feature }, found, metricOf(settings, key.metric).threshold));
  },
};

function testOf(key: SeriesTest["key"], found: FeatureReplay, threshold: number): SeriesTest {
  const { rows, mismatched, rate } = found;
  if (rate === undefined) return untested(key, "not-enough-data", "no row was replayed", { rows, baselineRows: 0 });
  return {
    kind: "tested",
    key,
    numbers: {
      variant: "replay/clopper-pearson",
      value: rate.value,
      baselineValue: 0,
      effect: mismatched < leastMismatches ? 0 : rate.value,
      threshold,
      pValue: mismatched === 0 ? 1 : binomialSurvival(mismatched - 1, rows, toleratedRate),
      expectedByChance: 0,
      lowerBound: rate.lower,
      overdispersion: undefined,
      rows,
      baselineRows: 0,
      bins: undefined,
      detail: wordsOf(found),
    },
  };
}

function wordsOf({ conclusion, mismatched }: FeatureReplay): string | undefined {
  switch (conclusion.kind) {
    case "match":
      return undefined;
    case "named":
      return `in ${percent(conclusion.share)} of them the served value is ${conclusion.words} (${conclusion.cause})`;
    case "unexplained":
      return conclusion.nearest === undefined
        ? "no single rule explains it"
        : `no single rule explains it; nearest: the served value is ${conclusion.nearest}`;
    case "too-few":
      return `${mismatched} rows are too few to name the rule (${conclusion.need} are needed)`;
  }
}
