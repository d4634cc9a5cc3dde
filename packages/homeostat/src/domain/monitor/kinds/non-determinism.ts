import type { RepeatedQuestions } from "../../baseline/row-facts.ts";
import type { AskedAgain } from "../evidence/asked-again.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { asks, chosenSegments, type MonitorSettings, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest } from "../verdict.ts";
import { percent, wholeNumber, windowsRunning } from "../wording.ts";

const leastDiffering = 2;

/**
 * One question, several answers (R22): of the questions asked at least twice of one release in one setting, the share whose
 * answers differ. By the vector the model saw (the model is not deterministic), by the input the caller sent (features
 * changed in between), and by probes (the same rows sent on purpose). Where our own gateway answers any difference is one
 * too many; elsewhere the share is held against the baseline's own, since the model may see more than it tells.
 */
export const nonDeterminism: MonitorDefinition = {
  kind: "non-determinism",
  layer: "model",
  area: "serving",
  defaults: {
    severity: "warning",
    metrics: {
      "same-vector": { threshold: 0.01, persistenceWindows: 1, unit: "share of the questions asked again" },
      "same-input": { threshold: 0.05, persistenceWindows: 2, unit: "share of the questions asked again" },
      probe: { threshold: 0.01, persistenceWindows: 1, unit: "share of the probes" },
    },
  },
  covers: ["non-determinism"],
  needs: ["askedAgain"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    const asked = { "same-vector": "vectors seen twice", "same-input": "inputs sent twice" }[metric] ?? "probes";
    return `at least ${percent(threshold)} of the ${asked} (and ${leastDiffering}) got answers that differ, more than is usual, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${wholeNumber(numbers.value * numbers.rows)} of ${wholeNumber(numbers.rows)} ${words[key.metric] ?? "questions asked again"} got answers that differ${numbers.detail === undefined ? "" : `: ${numbers.detail}`}`,
  ask: ({ evidence: { askedAgain } }, settings) => {
    if (chosenSegments(settings, [undefined]).length === 0) return [];
    const asked = Object.keys(words).filter((metric) => asks(settings, metric));
    return asked.map((metric) => {
      const key = { monitor: "non-determinism", metric, segment: undefined, feature: undefined } as const;
      return askedAgain === undefined
        ? untested(key, "not-checked", "repeated questions were not counted", { rows: 0, baselineRows: 0 })
        : testOf(key, metric, askedAgain, settings);
    });
  },
};

const words: Readonly<Record<string, string>> = {
  "same-vector": "vectors that the model saw more than once",
  "same-input": "inputs that were sent more than once",
  probe: "probes",
};

function testOf(key: SeriesKey, metric: string, evidence: AskedAgain, settings: MonitorSettings): SeriesTest {
  const { threshold } = metricOf(settings, metric);
  if (metric === "probe") return probeTest(key, evidence, threshold);
  const same = metric === "same-vector" ? "vector" : "input";
  const own = evidence.repeats.filter((one) => one.same === same);
  const questions = sumOf(own, "questions");
  const differing = sumOf(own, "differing");
  const reference = evidence.reference.filter((one) => one.same === same);
  const baselineRows = sumOf(reference, "questions");
  if (questions === 0) return untested(key, "not-enough-data", "nothing was asked twice", { rows: 0, baselineRows });
  const worst = [...own].sort((left, right) => right.differing - left.differing)[0];
  const detail = differing === 0 || worst === undefined ? undefined : settingWords(worst);
  if (evidence.deterministic) return countedTest(key, differing, questions, threshold, detail);
  const test = shareTest({
    key,
    hits: differing,
    rows: questions,
    baselineHits: sumOf(reference, "differing"),
    baselineRows,
    materialIncrease: threshold,
    leastHits: leastDiffering,
    overdispersion: undefined,
  });
  return test.kind === "tested" ? { ...test, numbers: { ...test.numbers, detail } } : test;
}

function probeTest(key: SeriesKey, { probes }: AskedAgain, threshold: number): SeriesTest {
  if (probes.length === 0)
    return untested(key, "not-checked", "no probe ran while the window lasted", { rows: 0, baselineRows: 0 });
  const apart = probes.filter(({ differs }) => differs);
  const named = apart[0];
  const detail =
    named === undefined
      ? undefined
      : `${JSON.stringify(named.probe)} was answered between ${named.least} and ${named.greatest}`;
  return countedTest(key, apart.length, probes.length, threshold, detail);
}

/** Where no difference may be, one is proof. */
function countedTest(
  key: SeriesKey,
  differing: number,
  questions: number,
  threshold: number,
  detail: string | undefined,
): SeriesTest {
  const share = differing / questions;
  return {
    kind: "tested",
    key,
    numbers: {
      variant: "share/none-expected",
      value: share,
      baselineValue: 0,
      effect: key.metric !== "probe" && differing < leastDiffering ? 0 : share,
      threshold,
      pValue: differing === 0 ? 1 : 0,
      expectedByChance: 0,
      lowerBound: undefined,
      overdispersion: undefined,
      rows: questions,
      baselineRows: 0,
      bins: undefined,
      detail,
    },
  };
}

function settingWords({ release, setting, spread, largest }: RepeatedQuestions): string {
  const by = setting === "" ? `release ${release}` : `release ${release} with ${setting}`;
  return spread === undefined
    ? by
    : `${by}, a standard deviation of ${Number(spread.toPrecision(2))} and up to ${Number((largest ?? 0).toPrecision(2))} apart`;
}

const sumOf = (list: readonly RepeatedQuestions[], what: "questions" | "differing"): number =>
  list.reduce((sum, one) => sum + one[what], 0);
