import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import type { Finding } from "../finding/finding.ts";
import type { System } from "../system/system.ts";
import type { VerdictState, Window } from "../window/window.ts";
import type { MonitorDefinition, WindowQuestion } from "./monitor.ts";
import { monitors } from "./registry.ts";
import { type SeriesTest, type SeriesVerdict, seriesText } from "./verdict.ts";

/** Share of false discoveries tolerated among the discoveries of one window, over all its tests. */
const falseDiscoveryRate = 0.05;

export interface WindowEvaluation {
  readonly state: VerdictState;
  readonly verdicts: readonly SeriesVerdict[];
}

/**
 * Judges one window. Every monitor asks its questions; all p-values of the window are weighed together
 * (Benjamini-Hochberg); a series that is real and material for as many consecutive windows as its monitor asks becomes a
 * finding. `streaks` are the streaks of the window before this one. Pure. Cost: O(series × bins).
 */
export function evaluateWindow(question: WindowQuestion, streaks: ReadonlyMap<string, number>): WindowEvaluation {
  const tests = Object.values(monitors).flatMap((monitor: MonitorDefinition) => monitor.ask(question));
  const tested = tests.filter((test) => test.kind === "tested");
  const discoveries = benjaminiHochberg(
    tested.map((test) => test.numbers.pValue),
    falseDiscoveryRate,
  );
  const positions = new Map(tested.map((test, index) => [test, index] as const));
  const verdicts = tests.map((test): SeriesVerdict => {
    const position = test.kind === "tested" ? positions.get(test) : undefined;
    const adjusted = position === undefined ? undefined : discoveries.adjusted[position];
    return verdictOf(test, adjusted, streaks.get(seriesText(test.key)) ?? 0);
  });
  return { state: worstOf(verdicts), verdicts };
}

function verdictOf(test: SeriesTest, adjustedPValue: number | undefined, streakBefore: number): SeriesVerdict {
  // A p-value that is not a number says that the test could not be made.
  if (test.kind === "untested" || adjustedPValue === undefined || Number.isNaN(adjustedPValue)) {
    const state = test.kind === "untested" ? test.state : "not-checked";
    return { test, state, real: false, material: false, adjustedPValue: undefined, streak: 0, fired: false };
  }
  const real = adjustedPValue <= falseDiscoveryRate;
  const material = test.numbers.effect >= test.numbers.threshold;
  const streak = real && material ? streakBefore + 1 : 0;
  const fired = streak >= monitors[test.key.monitor].persistence(test.key.metric);
  return {
    test,
    state: fired ? "critical" : real && material ? "warning" : "healthy",
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
export function sameStreaks(before: ReadonlyMap<string, number>, verdicts: readonly SeriesVerdict[]): boolean {
  return verdicts.every(({ test: { key }, streak }) => {
    const persistence = monitors[key.monitor].persistence(key.metric);
    return Math.min(streak, persistence) === Math.min(before.get(seriesText(key)) ?? 0, persistence);
  });
}

/** The window's own verdict: the worst of its series; with nothing tested, why not. */
function worstOf(verdicts: readonly SeriesVerdict[]): VerdictState {
  const order: readonly VerdictState[] = ["critical", "warning", "healthy", "waiting-for-labels", "not-enough-data"];
  return order.find((state) => verdicts.some((verdict) => verdict.state === state)) ?? "not-checked";
}

/**
 * The findings of an evaluated window, each carrying everything needed to judge it. `digest` makes a finding's identity
 * of system, release, window and series, so that the same finding found again is the same finding.
 */
export function findingsOf(
  system: System,
  release: string,
  window: Window,
  verdicts: readonly SeriesVerdict[],
  digest: (text: string) => string,
): readonly Finding[] {
  return verdicts.flatMap(({ test, fired, adjustedPValue }) => {
    if (!fired || test.kind !== "tested") return [];
    const { key, numbers } = test;
    const monitor: MonitorDefinition = monitors[key.monitor];
    return [
      {
        id: digest([system.name, release, String(window.start), seriesText(key)].join("|")),
        system: system.name,
        release,
        monitor: key.monitor,
        layer: monitor.layer,
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
        severity: "critical" as const,
        rule: monitor.rule(key.metric),
        sentence: monitor.sentence(key, numbers),
        values: [],
        withdrawnAt: undefined,
      },
    ];
  });
}
