import { binomialSurvival } from "../../../stats/special/binomial-survival.ts";
import { regularizedGammaLower } from "../../../stats/special/regularized-gamma-lower.ts";
import type { Crowd } from "../../baseline/row-facts.ts";
import type { CallerCrowds } from "../evidence/caller-crowds.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest } from "../verdict.ts";
import { percent, wholeNumber, windowsRunning } from "../wording.ts";

const leastInputs = 30;
/** Somebody who feels for the boundary gets both answers. */
const leastOtherAnswers = 0.05;

/**
 * One caller feeling for the decision boundary (R21): many slightly different inputs in one small cell of the feature
 * space, with scores about the threshold and both decisions among them. Held against the fullest cell of any window of the
 * baseline, where all callers count together. Both must be: more inputs than that (Poisson), and more of them near the
 * threshold than rows are at all (binomial); the p-value is the larger of the two.
 *
 * Callers are told apart by the key they sent with, and by the entity where the system declares one. A window whose
 * callers share one key, and whose rows name no entity, shows only probing that dwarfs everybody else's traffic.
 */
export const probing: MonitorDefinition = {
  kind: "probing",
  layer: "model",
  area: "serving",
  defaults: {
    severity: "warning",
    metrics: {
      "boundary-crowd": { threshold: 2, persistenceWindows: 1, unit: "times the fullest place of a baseline window" },
    },
  },
  covers: ["probing"],
  needs: ["crowds"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `one caller sent at least ${threshold} times as many different inputs (and ${leastInputs}) into one small place as any window of the baseline holds, and their scores crowd about the threshold, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (_, numbers) =>
    `${numbers.detail ?? "one caller"} sent ${wholeNumber(numbers.value)} slightly different inputs around one place at the decision threshold; the fullest place of the baseline's windows holds ${wholeNumber(numbers.baselineValue ?? 0)}`,
  ask: ({ evidence: { crowds }, picture }, settings) => {
    if (chosenSegments(settings, [undefined]).length === 0) return [];
    const key = { monitor: "probing", metric: "boundary-crowd", segment: undefined, feature: undefined } as const;
    if (picture.baseline.score.kind !== "probability")
      return [untested(key, "not-checked", "only a decision with a threshold has a boundary", noRows)];
    if (crowds === undefined || crowds.reference.length === 0)
      return [untested(key, "not-checked", "the places of the baseline were not counted", noRows)];
    return [testOf(key, crowds, picture.baseline.windows, metricOf(settings, key.metric).threshold)];
  },
};

const noRows = { rows: 0, baselineRows: 0 };

function testOf(
  key: SeriesKey,
  evidence: CallerCrowds,
  windows: readonly { readonly rows: number }[],
  threshold: number,
): SeriesTest {
  const usual = Math.max(...evidence.reference.map(({ distinct }) => distinct));
  const baselineRows = windows.reduce((sum, { rows }) => sum + rows, 0);
  const suspects = evidence.crowds.filter(hasBothAnswers);
  const judged = suspects.map((crowd) => ({ crowd, pValue: chanceOf(crowd, usual, evidence.bandShare) }));
  const [worst] = judged.sort((left, right) => left.pValue - right.pValue);
  const distinct = worst?.crowd.distinct ?? 0;
  return {
    kind: "tested",
    key,
    numbers: {
      variant: "crowd/poisson-and-binomial",
      value: distinct,
      baselineValue: usual,
      effect: distinct < leastInputs ? 0 : distinct / usual,
      threshold,
      pValue: worst?.pValue ?? 1,
      expectedByChance: usual,
      lowerBound: undefined,
      overdispersion: undefined,
      rows: worst?.crowd.rows ?? 0,
      baselineRows,
      bins: undefined,
      detail: worst === undefined ? undefined : wordsOf(worst.crowd),
    },
  };
}

const hasBothAnswers = ({ rows, positives }: Crowd): boolean =>
  Math.min(positives, rows - positives) >= leastOtherAnswers * rows && rows > 0;

function chanceOf({ distinct, rows, nearThreshold }: Crowd, usual: number, bandShare: number): number {
  const crowded = distinct === 0 ? 1 : regularizedGammaLower(distinct, usual);
  const near = nearThreshold === 0 ? 1 : binomialSurvival(nearThreshold - 1, rows, Math.min(1, bandShare));
  return Math.max(crowded, near);
}

function wordsOf({ by, who, nearThreshold, rows }: Crowd): string {
  return `${by} ${JSON.stringify(who)} (${percent(nearThreshold / rows)} of the scores about the threshold)`;
}
