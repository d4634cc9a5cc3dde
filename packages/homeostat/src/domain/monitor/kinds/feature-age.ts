import { binomialSurvival } from "../../../stats/special/binomial-survival.ts";
import type { FeatureAge } from "../../baseline/row-facts.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest } from "../verdict.ts";
import { percent, windowsRunning } from "../wording.ts";

const leastRows = 20;
/** Of rows with a declared limit this share may be older. */
const toleratedShare = 0.01;

/**
 * Features older than they should be when they were used (R5, R6): the share of rows whose sender told an age over the
 * limit. The limit is the one declared with the feature (`maxAge`), else the 99th percentile of the ages in the baseline.
 */
export const featureAge: MonitorDefinition = {
  kind: "feature-age",
  layer: "pipeline",
  area: "upstream-data",
  defaults: {
    severity: "critical",
    metrics: { "too-old": { threshold: 0.05, persistenceWindows: 2, unit: "growth of the share of the rows" } },
  },
  covers: ["stale-features"],
  needs: ["ages"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `the share of rows with a feature older than its limit grew by at least ${percent(threshold)} (and ${leastRows} rows), in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `\`${key.feature}\` was older than its limit in ${percent(numbers.value)} of the rows that tell its age${numbers.detail === undefined ? "" : `: ${numbers.detail}`}`,
  ask: ({ evidence: { ages } }, settings) => {
    if (chosenSegments(settings, [undefined]).length === 0) return [];
    const key = { monitor: "feature-age", metric: "too-old", segment: undefined } as const;
    if (ages === undefined || ages.length === 0)
      return [
        untested({ ...key, feature: undefined }, "not-checked", "no sender told an age of a feature", {
          rows: 0,
          baselineRows: 0,
        }),
      ];
    return ages
      .filter(({ feature }) => settings.features === undefined || settings.features.includes(feature))
      .map((age) => testOf({ ...key, feature: age.feature }, age, metricOf(settings, key.metric).threshold));
  },
};

function testOf(key: SeriesKey, age: FeatureAge, threshold: number): SeriesTest {
  const { rows, baselineRows } = age;
  if (age.limit === undefined)
    return untested(key, "not-checked", "no limit is declared, and the baseline holds no ages", { rows, baselineRows });
  const test = shareTest({
    key,
    hits: age.overLimit,
    rows,
    baselineHits: age.limitFrom === "declared" ? 0 : age.baselineOverLimit,
    baselineRows: age.limitFrom === "declared" ? Math.max(rows, baselineRows) : baselineRows,
    materialIncrease: threshold,
    leastHits: leastRows,
    overdispersion: undefined,
  });
  if (test.kind === "untested") return test;
  const detail = `median ${durationWords(age.median)}, 99 % within ${durationWords(age.p99)}, limit ${durationWords(age.limit)} (${age.limitFrom === "declared" ? "declared" : "of the baseline"})`;
  if (age.limitFrom !== "declared") return { ...test, numbers: { ...test.numbers, detail } };
  return {
    ...test,
    numbers: {
      ...test.numbers,
      variant: "share/declared-limit",
      baselineValue: undefined,
      expectedByChance: undefined,
      pValue: age.overLimit === 0 ? 1 : binomialSurvival(age.overLimit - 1, rows, toleratedShare),
      baselineRows,
      detail,
    },
  };
}

function durationWords(seconds: number): string {
  const units = [
    ["days", 86_400],
    ["hours", 3_600],
    ["minutes", 60],
  ] as const;
  const [name, size] = units.find(([, length]) => seconds >= 2 * length) ?? ["seconds", 1];
  return `${Number((seconds / size).toPrecision(3))} ${name}`;
}
