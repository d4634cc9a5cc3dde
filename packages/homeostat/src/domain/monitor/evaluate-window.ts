import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import type { Finding } from "../finding/finding.ts";
import type { VerdictState, Window } from "../window/window.ts";
import { highestLevel } from "./alarm-budget.ts";
import type { MonitorDefinition, WindowQuestion } from "./monitor.ts";
import { monitors } from "./registry.ts";
import { type MonitorSettings, metricOf } from "./settings.ts";
import { type SeriesKey, type SeriesTest, type SeriesVerdict, seriesText } from "./verdict.ts";

export interface WindowEvaluation {
  readonly state: VerdictState;
  readonly verdicts: readonly SeriesVerdict[];
}

/**
 * Judges one window. Every monitor in `watching` asks its questions; all p-values of the window are weighed together
 * (Benjamini-Hochberg); a series that is real and material for as many consecutive windows as its monitor asks becomes a
 * finding. `streaks` are the streaks of the window before this one, `level` the false-discovery rate that the alarm budget
 * leaves (`alarmBudgetOf`). Pure. Cost: O(series × bins).
 */
export function evaluateWindow(
  question: WindowQuestion,
  watching: readonly MonitorSettings[],
  streaks: ReadonlyMap<string, number>,
  level: number = highestLevel,
): WindowEvaluation {
  const asked = watching.flatMap((settings) =>
    testsOf(question, settings).map((test) => ({ test: namedFor(settings, test), settings })),
  );
  const tested = asked.flatMap(({ test }) => (test.kind === "tested" ? [test] : []));
  const discoveries = benjaminiHochberg(
    tested.map((test) => test.numbers.pValue),
    level,
  );
  const positions = new Map(tested.map((test, index) => [test, index] as const));
  const verdicts = asked.map(({ test, settings }): SeriesVerdict => {
    const position = test.kind === "tested" ? positions.get(test) : undefined;
    const adjusted = position === undefined ? undefined : discoveries.adjusted[position];
    return verdictOf({ test, settings, level }, adjusted, streaks.get(seriesText(test.key)) ?? 0);
  });
  return { state: worstOf(verdicts), verdicts };
}

function testsOf(question: WindowQuestion, settings: MonitorSettings): readonly SeriesTest[] {
  const definition: MonitorDefinition = monitors[settings.kind];
  return definition.ask(question, settings);
}

/** Kinds do not know their name in the system: series of a declared monitor are told apart here. */
function namedFor({ name, kind }: MonitorSettings, test: SeriesTest): SeriesTest {
  return name === kind ? test : { ...test, key: { ...test.key, monitorName: name } };
}

interface Asked {
  readonly test: SeriesTest;
  readonly settings: MonitorSettings;
  readonly level: number;
}

function verdictOf(
  { test, settings, level }: Asked,
  adjustedPValue: number | undefined,
  streakBefore: number,
): SeriesVerdict {
  // A p-value that is not a number says that the test could not be made.
  if (test.kind === "untested" || adjustedPValue === undefined || Number.isNaN(adjustedPValue)) {
    const state = test.kind === "untested" ? test.state : "not-checked";
    return { test, state, real: false, material: false, adjustedPValue: undefined, streak: 0, fired: false };
  }
  const real = adjustedPValue <= level;
  const material = test.numbers.effect >= test.numbers.threshold;
  const streak = real && material ? streakBefore + 1 : 0;
  const fired = streak >= metricOf(settings, test.key.metric).persistenceWindows;
  return {
    test,
    state: fired ? settings.severity : real && material ? "warning" : "healthy",
    real,
    material,
    adjustedPValue,
    streak,
    fired,
  };
}

/**
 * Whether the streaks of a window, as far as any monitor's persistence looks back, are those that were known before
 * (`before`: streaks above zero by series). Where they are not, the verdict on the window after it may have changed.
 */
export function sameStreaks(
  before: ReadonlyMap<string, number>,
  verdicts: readonly SeriesVerdict[],
  watching: readonly MonitorSettings[],
): boolean {
  const settingsOf = settingsFinder(watching);
  return verdicts.every(({ test: { key }, streak }) => {
    // a series of a metric that is never tested has no streak
    const persistence = settingsOf(key)?.metrics[key.metric]?.persistenceWindows ?? 0;
    return Math.min(streak, persistence) === Math.min(before.get(seriesText(key)) ?? 0, persistence);
  });
}

/** Finds the monitor that asked about a series. */
function settingsFinder(watching: readonly MonitorSettings[]): (key: SeriesKey) => MonitorSettings | undefined {
  const byName = new Map(watching.map((settings) => [settings.name, settings] as const));
  return ({ monitor, monitorName }) => byName.get(monitorName ?? monitor);
}

/** The window's own verdict: the worst of its series; with nothing tested, why not. */
function worstOf(verdicts: readonly SeriesVerdict[]): VerdictState {
  const order: readonly VerdictState[] = ["critical", "warning", "healthy", "waiting-for-labels", "not-enough-data"];
  return order.find((state) => verdicts.some((verdict) => verdict.state === state)) ?? "not-checked";
}

/** What the findings of a window are about. */
interface FindingScene {
  readonly system: string;
  readonly release: string;
  readonly window: Window;
}

/**
 * The findings of an evaluated window, each carrying everything needed to judge it. `digest` makes a finding's identity
 * of system, release, window and series, so that the same finding found again is the same finding.
 */
export function findingsOf(
  { system, release, window }: FindingScene,
  watching: readonly MonitorSettings[],
  verdicts: readonly SeriesVerdict[],
  digest: (text: string) => string,
): readonly Finding[] {
  const settingsOf = settingsFinder(watching);
  return verdicts.flatMap(({ test, fired, adjustedPValue }) => {
    if (!fired || test.kind !== "tested") return [];
    const { key, numbers } = test;
    const settings = settingsOf(key);
    if (settings === undefined) return [];
    const definition: MonitorDefinition = monitors[key.monitor];
    return [
      {
        id: digest([system, release, String(window.start), seriesText(key)].join("|")),
        system,
        release,
        monitor: key.monitor,
        monitorName: settings.name,
        owner: settings.owner,
        runbook: settings.runbook,
        layer: definition.layer,
        window,
        segment: key.segment,
        feature: key.feature,
        metric: key.metric,
        variant: numbers.variant,
        value: numbers.value,
        baselineValue: numbers.baselineValue,
        effect: numbers.effect,
        threshold: numbers.threshold,
        expectedByChance: numbers.expectedByChance,
        pValue: numbers.pValue,
        adjustedPValue,
        lowerBound: numbers.lowerBound,
        overdispersion: numbers.overdispersion,
        rows: numbers.rows,
        baselineRows: numbers.baselineRows,
        severity: settings.severity,
        rule: definition.rule(key.metric, settings),
        sentence: definition.sentence(key, numbers),
        values: [],
        withdrawnAt: undefined,
      },
    ];
  });
}
