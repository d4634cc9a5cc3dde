import type { AlarmBudgetAnswer, FailureModeEntry, MonitorSummary, SeriesCell, TrialReport } from "@homeostat/protocol";
import { contractVerdict } from "../../domain/contract/contract-verdict.ts";
import type { CoverageEntry } from "../../domain/coverage/coverage-map.ts";
import { failureModeOf } from "../../domain/coverage/failure-mode.ts";
import { dayMs, isoOf } from "../../domain/instant.ts";
import type { MonitorDefinition } from "../../domain/monitor/monitor.ts";
import { monitors } from "../../domain/monitor/registry.ts";
import type { MonitorSettings } from "../../domain/monitor/settings.ts";
import type { Trial } from "../../domain/monitor/trial.ts";
import type { WindowVerdict } from "../../domain/monitor/verdict.ts";
import { smallestSeenOf, verdictWords } from "../../domain/monitor/verdict-words.ts";
import type { SegmentChoice, System } from "../../domain/system/system.ts";
import type { VerdictState } from "../../domain/window/window.ts";
import type { BudgetSurvey } from "../../service/sense/survey-budget.ts";
import type { MonitorSurvey } from "../../service/sense/survey-monitors.ts";
import { segmentAnswer } from "./sensing-routes.ts";

const order: readonly VerdictState[] = [
  "critical",
  "warning",
  "healthy",
  "waiting-for-labels",
  "not-enough-data",
  "not-checked",
];
const stateWords: Readonly<Record<VerdictState, string>> = {
  critical: "critical",
  warning: "warning",
  healthy: "healthy",
  "waiting-for-labels": "waiting for outcomes",
  "not-enough-data": "not enough data",
  "not-checked": "not checked",
};

export function monitorAnswer(system: System, survey: MonitorSurvey, settings: MonitorSettings): MonitorSummary {
  const definition: MonitorDefinition = monitors[settings.kind];
  const { verdict, says, series } = standingOf(survey, settings);
  return {
    name: settings.name,
    kind: settings.kind,
    enabled: true,
    origin: settings.origin,
    layer: definition.layer,
    why: whyOf(definition, system, settings),
    metrics: Object.entries(settings.metrics).map(([name, { threshold, persistenceWindows }]) => ({
      name,
      threshold,
      unit: definition.defaults.metrics[name]?.unit ?? "",
      persistence: persistenceWindows,
    })),
    severity: settings.severity,
    owner: settings.owner,
    runbook: settings.runbook ?? null,
    segments: settings.segments?.map(choiceText) ?? null,
    features: settings.features === undefined ? null : [...settings.features],
    covers: [...definition.covers],
    verdict,
    says,
    series,
  };
}

/** A default that the declaration switched off: listed, so that nobody takes it for watching. */
export function switchedOff(system: System, survey: MonitorSurvey, settings: MonitorSettings): MonitorSummary {
  return {
    ...monitorAnswer(system, survey, settings),
    enabled: false,
    origin: "declared",
    verdict: "not-checked",
    says: "switched off in the declaration",
    series: {},
  };
}

function whyOf(definition: MonitorDefinition, system: System, { origin, name }: MonitorSettings): string {
  if (origin === "declared" && name !== definition.kind) return "declared";
  const covers = definition.covers.map((mode) => failureModeOf(mode).title).join("; ");
  return definition.why?.(system) ?? `finds when ${covers}`;
}

function standingOf(
  { release, window, tallies, contract }: MonitorSurvey,
  { kind, name }: MonitorSettings,
): Pick<MonitorSummary, "verdict" | "says" | "series"> {
  if (kind === "contract") {
    const verdict = contractVerdict(contract);
    const says =
      contract === undefined
        ? "no window was held to the contract yet"
        : `${contract.passed} rules kept, ${contract.critical + contract.warning} broken, ${contract.notChecked} could not be counted`;
    return { verdict, says, series: {} };
  }
  if (release === undefined)
    return { verdict: "not-checked", says: "there is no live release with a baseline", series: {} };
  if (window === undefined) return { verdict: "not-checked", says: "no window was evaluated yet", series: {} };
  const own = tallies.filter(({ monitorName }) => monitorName === name);
  if (own.length === 0)
    return { verdict: "not-checked", says: "it had nothing to ask about in this window", series: {} };
  const sorted = [...own].sort((left, right) => order.indexOf(left.state) - order.indexOf(right.state));
  return {
    verdict: sorted[0]?.state ?? "not-checked",
    says: sorted.map(({ state, series }) => `${series} ${stateWords[state]}`).join(", "),
    series: Object.fromEntries(sorted.map(({ state, series }) => [state, series])),
  };
}

function choiceText(choice: SegmentChoice): string {
  if (choice.kind === "all-rows") return "all";
  return choice.kind === "every-value" ? choice.name : `${choice.name}=${choice.value}`;
}

export function budgetAnswer({ budget, days, families }: BudgetSurvey): AlarmBudgetAnswer {
  const pages = families.reduce((sum, family) => sum + family.pages, 0);
  return {
    ...{ pagesPerMonth: budget.pagesPerMonth, windowsPerMonth: budget.windowsPerMonth },
    ...{ level: budget.level, mostPages: budget.mostPages, days },
    says: `${rounded(budget.pagesPerMonth)} false ${budget.pagesPerMonth === 1 ? "page" : "pages"} a month ${budget.pagesPerMonth === 1 ? "is" : "are"} accepted. With ${rounded(budget.windowsPerMonth)} windows a month, a false-discovery rate of ${rounded(100 * budget.level)} % in each and at least ${budget.leastPersistence} ${budget.leastPersistence === 1 ? "window" : "windows"} running, a healthy month costs at most ${rounded(budget.mostPages)}. In the last ${days} days of event time ${pages} ${pages === 1 ? "incident was" : "incidents were"} opened.`,
    families: families.map((family) => ({ ...family })),
  };
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** The answer of one series of one window; `tests` is how many tests the window weighed together. */
export function seriesAnswer(
  { window, verdict }: WindowVerdict,
  settings: MonitorSettings | undefined,
  weighed: { readonly level: number; readonly tests: number },
): SeriesCell {
  const { test } = verdict;
  const numbers = test.kind === "tested" ? test.numbers : undefined;
  const smallestSeen = smallestSeenOf(verdict, weighed.level, weighed.tests);
  return {
    window: isoOf(window),
    segment: segmentAnswer(test.key.segment),
    feature: test.key.feature ?? null,
    metric: test.key.metric,
    state: verdict.state,
    says: verdictWords(verdict, settings, smallestSeen),
    value: numbers?.value ?? null,
    baselineValue: numbers?.baselineValue ?? null,
    effect: numbers?.effect ?? null,
    threshold: numbers?.threshold ?? null,
    smallestSeen: smallestSeen ?? null,
    pValue: numbers?.pValue ?? null,
    adjustedPValue: verdict.adjustedPValue ?? null,
    streak: verdict.streak,
    fired: verdict.fired,
    rows: numbers?.rows ?? (test.kind === "untested" ? test.rows : 0),
    neededRows: test.kind === "untested" ? (test.neededRows ?? null) : null,
  };
}

/** Worst first, then by window, newest first. */
export function bySeverity(left: SeriesCell, right: SeriesCell): number {
  return (
    order.indexOf(left.state) - order.indexOf(right.state) ||
    (right.effect ?? 0) / (right.threshold ?? 1) - (left.effect ?? 0) / (left.threshold ?? 1) ||
    (left.window < right.window ? 1 : -1)
  );
}

export function coverageAnswer({ mode, watch }: CoverageEntry): FailureModeEntry {
  const { title, layer } = failureModeOf(mode);
  return {
    mode,
    title,
    layer,
    watch: watch.kind,
    by: "by" in watch ? [...watch.by] : [],
    since: watch.kind === "watched" ? isoOf(watch.since) : null,
    verdict: watch.kind === "watched" ? watch.verdict : watch.kind === "asked-in-vain" ? watch.state : "not-checked",
    why: watch.kind === "watched" ? null : watch.why,
  };
}

const monthMs = 30 * dayMs;

export function trialAnswer(trial: Trial, spanMs: number): TrialReport["items"][number] {
  const { settings, series, tested, firing, episodes, untested } = trial;
  const reasons = untested.slice(0, 3).map((one) => `${one.series} ${one.reason}`);
  const silent = untested.reduce((sum, one) => sum + one.series, 0);
  return {
    monitor: settings.name,
    kind: settings.kind,
    ...{ series, tested, firing },
    pages: episodes.length,
    pagesPerMonth: (episodes.length * monthMs) / spanMs,
    fired: episodes.map(({ from, to, windows, series: different, worst, sentence }) => ({
      ...{ from: isoOf(from), to: isoOf(to), windows, series: different, sentence },
      worst: {
        segment: segmentAnswer(worst.key.segment),
        feature: worst.key.feature ?? null,
        metric: worst.key.metric,
        effect: worst.effect,
      },
    })),
    silence:
      silent === 0
        ? `${tested} tests; everything it asked could be tested`
        : `${tested} tests, ${silent} questions that could not be tested: ${reasons.join("; ")}`,
  };
}
