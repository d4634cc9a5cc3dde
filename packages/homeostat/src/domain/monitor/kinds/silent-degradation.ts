import { confidenceParadox } from "../../../stats/performance/confidence-paradox.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import type { MonitorDefinition, WindowQuestion } from "../monitor.ts";
import { labelsMissing } from "../quality/label-readiness.ts";
import { lossGrowth, varianceOfLoss, varianceOfShare } from "../quality/mean-loss.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, type MonitorSettings, metricOf } from "../settings.ts";
import { addMoments } from "../truth/loss-strata.ts";
import { slowLoss } from "../truth/slow-loss.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest, TestedNumbers } from "../verdict.ts";
import { segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const words: Readonly<Record<string, string>> = {
  "confidence-gap": "confidence rose and accuracy fell, and the gap between them widened by at least",
  "slow-loss":
    "the mean loss of the last 10 to 28 windows is above the baseline's, in errors a row or as a share of the baseline's error, by at least",
  "edge-slice": "a small segment lost over nine windows together, while all rows are calm, at least",
};

/** An edge slice holds at most this share of the labelled rows: what it loses does not show in the whole. */
const edgeShare = 0.1;

/**
 * What gets worse without any alarm of a single window (R19): confidence up while outcomes worsen; a loss that is small
 * in every window and stays; a small segment worse under a calm aggregate. Each against the baseline's own variation.
 */
export const silentDegradation: MonitorDefinition = {
  kind: "silent-degradation",
  layer: "outcome",
  area: "production-performance",
  defaults: {
    severity: "warning",
    metrics: {
      "confidence-gap": { threshold: 0.05, persistenceWindows: 2, unit: "growth of mean confidence less accuracy" },
      "slow-loss": {
        threshold: 0.02,
        persistenceWindows: 3,
        unit: "growth of the mean loss, as a share of rows or of the baseline's error",
      },
      "edge-slice": {
        threshold: 0.1,
        persistenceWindows: 3,
        unit: "growth of the mean loss, as a share of rows or of the baseline's error",
      },
    },
  },
  covers: ["silent-degradation", "slow-loss", "slice-loss"],
  needs: ["lossSeries"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `${words[metric] ?? metric} ${threshold}, significant after overdispersion and control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const where = segmentWords(key);
    const [before, now] = [numbers.baselineValue ?? 0, numbers.value];
    const rows = wholeNumber(numbers.rows);
    if (key.metric === "confidence-gap")
      return `in ${where} the model grew surer while it was right less often: confidence less accuracy went from ${before.toFixed(3)} to ${now.toFixed(3)} on ${rows} rows with outcomes`;
    const change = `from ${Number(before.toPrecision(4))} to ${Number(now.toPrecision(4))}`;
    return key.metric === "slow-loss"
      ? `in ${where} the mean loss crept up ${change} over the last windows (${rows} rows with outcomes), by no more than a little in any of them`
      : `${where} is small and got worse, its mean loss ${change} on the ${rows} rows of nine windows, while all rows stayed calm`;
  },
  ask: (question, settings) => [
    ...(asks(settings, "confidence-gap") && question.picture.baseline.score.kind !== "value"
      ? chosenSegments(settings, question.picture.segments).map((segment) => gap(question, segment, settings))
      : []),
    ...(asks(settings, "slow-loss") && chosenSegments(settings, [undefined]).length > 0
      ? [slow(question, settings)]
      : []),
    ...(asks(settings, "edge-slice")
      ? chosenSegments(settings, question.picture.segments).flatMap((segment) =>
          segment === undefined ? [] : edge(question, segment, settings),
        )
      : []),
  ],
};

interface Scene {
  readonly key: SeriesKey;
  readonly counts: JudgedCounts;
  readonly sizes: { readonly rows: number; readonly baselineRows: number };
  readonly missing: ReturnType<typeof labelsMissing>;
}

function sceneOf(
  { picture, profile, outcomesMature }: WindowQuestion,
  metric: string,
  segment: SegmentValue | undefined,
): Scene {
  const at = keyOf(segment);
  const counts = { scores: profile.scores.get(at), confidences: profile.confidences.get(at) };
  const { quality, truth } = picture.score(segment);
  const shown = quality.shown(counts);
  return {
    key: { monitor: "silent-degradation", metric, segment, feature: undefined },
    counts,
    sizes: { rows: shown.rows, baselineRows: truth.baselineRows },
    missing: labelsMissing(shown, outcomesMature),
  };
}

type Numbers = Pick<TestedNumbers, "variant" | "value" | "baselineValue" | "effect" | "pValue" | "rows"> & {
  readonly lower: number | undefined;
  readonly phi: number | undefined;
};

function testedOf({ key, sizes }: Scene, threshold: number, { lower, phi, ...numbers }: Numbers): SeriesTest {
  return {
    kind: "tested",
    key,
    numbers: {
      ...numbers,
      threshold,
      expectedByChance: undefined,
      lowerBound: lower,
      overdispersion: phi,
      baselineRows: sizes.baselineRows,
      bins: undefined,
    },
  };
}

/** Confidence up and accuracy down at once: an intersection-union test, so that neither alone fires it. */
function gap(question: WindowQuestion, segment: SegmentValue | undefined, settings: MonitorSettings): SeriesTest {
  const scene = sceneOf(question, "confidence-gap", segment);
  const { key, sizes, missing, counts } = scene;
  if (missing !== undefined) return untested(key, missing.state, missing.reason, sizes);
  const { truth } = question.picture.score(segment);
  const [before, now] = [truth.baselineConfidence, truth.confidence(counts)];
  if (before === undefined || now === undefined)
    return untested(key, "not-checked", "confidences are not known of window and baseline", sizes);
  const phi = truth.variation?.phi ?? 1;
  const found = confidenceParadox(before, now, { baselineOverdispersion: phi, currentOverdispersion: phi });
  if (found.kind !== "confidence-paradox")
    return untested(key, "not-enough-data", "fewer than 200 rows with outcomes", sizes);
  const gapOf = ({ sumConfidence, correct, n }: typeof now): number => (sumConfidence - correct) / n;
  return testedOf(scene, metricOf(settings, "confidence-gap").threshold, {
    variant: "confidence-paradox/intersection-union",
    value: gapOf(now),
    baselineValue: gapOf(before),
    effect: found.gapChange,
    pValue: found.pParadox,
    lower: found.gapChange - 1.96 * found.gapStandardError,
    phi,
    rows: now.n,
  });
}

function slow(question: WindowQuestion, settings: MonitorSettings): SeriesTest {
  const scene = sceneOf(question, "slow-loss", undefined);
  const { key, sizes, missing, counts } = scene;
  if (missing !== undefined) return untested(key, missing.state, missing.reason, sizes);
  const { truth } = question.picture.score(undefined);
  const series = question.evidence.lossSeries;
  if (series === undefined || truth.unit === undefined)
    return untested(key, "not-checked", "the windows before were not gathered", sizes);
  const found = slowLoss(truth.windowLosses, [...series.all, truth.loss(counts)]);
  if ("notEnough" in found) return untested(key, "not-enough-data", found.notEnough, sizes);
  return testedOf(scene, metricOf(settings, "slow-loss").threshold, {
    variant: "window-means/student-t",
    value: found.value,
    baselineValue: found.baselineValue,
    effect: (found.value - found.baselineValue) / truth.unit,
    pValue: found.pValue,
    lower: found.lower / truth.unit,
    phi: undefined,
    rows: found.rows,
  });
}

/** Eight windows before and this one together, of a segment too small to be judged in one; not where all rows lose too. */
function edge(question: WindowQuestion, segment: SegmentValue, settings: MonitorSettings): readonly SeriesTest[] {
  const scene = sceneOf(question, "edge-slice", segment);
  const { key, sizes, missing, counts } = scene;
  const { threshold } = metricOf(settings, "edge-slice");
  const { truth } = question.picture.score(segment);
  const whole = question.picture.score(undefined).truth;
  // a slice is small by what it was in the baseline: one that grows stays looked at
  if (truth.baselineRows > edgeShare * whole.baselineRows) return [];
  if (missing !== undefined) return [untested(key, missing.state, missing.reason, sizes)];
  const series = question.evidence.lossSeries;
  if (series === undefined || truth.unit === undefined || whole.unit === undefined)
    return [untested(key, "not-checked", "the windows before were not gathered", sizes)];
  const together = (of: typeof truth, own: JudgedCounts, at: string) =>
    addMoments(series.recent.get(at) ?? { n: 0, sum: 0, sumSquares: 0 }, of.loss(own));
  const [pooled, healthy] = [together(truth, counts, keyOf(segment)), sumOf(truth.windowLosses)];
  if (Math.min(pooled.n, healthy.n) < 50 || truth.variation === undefined)
    return [untested(key, "not-enough-data", "fewer than 50 outcomes in nine windows, or in the baseline", sizes)];
  const growth = lossGrowth(healthy, pooled, truth.variation, varianceOf(truth.unit));
  const { profile } = question;
  const all = together(whole, { scores: profile.scores.get(""), confidences: profile.confidences.get("") }, "");
  const wholeHealthy = sumOf(whole.windowLosses);
  const wholeGrowth = (all.sum / all.n - wholeHealthy.sum / wholeHealthy.n) / whole.unit;
  if (growth === undefined) return [untested(key, "not-checked", "the baseline has no error to compare with", sizes)];
  const isCalm = wholeGrowth < threshold / 4;
  return [
    testedOf(scene, threshold, {
      variant: "nine-windows/score",
      value: pooled.sum / pooled.n,
      baselineValue: healthy.sum / healthy.n,
      // under an aggregate that loses too it is no edge slice, and other monitors say so
      effect: isCalm ? growth.difference / truth.unit : Math.min(0, growth.difference),
      pValue: growth.pValue,
      lower: growth.lower / truth.unit,
      phi: truth.variation.phi,
      rows: pooled.n,
    }),
  ];
}

const sumOf = (windows: Parameters<typeof slowLoss>[0]) => windows.reduce(addMoments, { n: 0, sum: 0, sumSquares: 0 });
const varianceOf = (unit: number) => (unit === 1 ? varianceOfShare : varianceOfLoss);
