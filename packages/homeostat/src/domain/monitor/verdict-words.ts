import type { MonitorDefinition } from "./monitor.ts";
import { monitors } from "./registry.ts";
import type { MonitorSettings } from "./settings.ts";
import type { SeriesVerdict } from "./verdict.ts";
import { percent, wholeNumber, windowsRunning } from "./wording.ts";

/**
 * The smallest effect that would have been called real and material in this window, at the level that its many tests leave
 * to one alone. undefined where nothing was tested or nobody worked it out. Cost: that of the kind's own answer.
 */
export function smallestSeenOf(verdict: SeriesVerdict, level: number, tests: number): number | undefined {
  const { test } = verdict;
  if (test.kind !== "tested" || tests === 0) return undefined;
  const definition: MonitorDefinition = monitors[test.key.monitor];
  // the first step of Benjamini-Hochberg: what a lone shift among so many tests must reach
  const real = definition.smallestSeen?.(test, level / tests);
  return real === undefined || !Number.isFinite(real) ? undefined : Math.max(real, test.numbers.threshold);
}

/** A verdict in one sentence; what is not known says why, and silence says what it would have heard. */
export function verdictWords(
  verdict: SeriesVerdict,
  settings: MonitorSettings | undefined,
  smallestSeen: number | undefined,
): string {
  const { test, streak, fired } = verdict;
  if (test.kind === "untested") return untestedWords(test);
  const definition: MonitorDefinition = monitors[test.key.monitor];
  if (verdict.state === "not-checked") return "the test could not be made";
  const persistence = settings?.metrics[test.key.metric]?.persistenceWindows;
  if (fired) return definition.sentence(test.key, test.numbers);
  if (streak > 0)
    return `${definition.sentence(test.key, test.numbers)}; ${streak} of ${persistence === undefined ? "the windows it takes" : windowsRunning(persistence)}`;
  const heard = smallestSeen === undefined ? "" : `; an effect of ${significant(smallestSeen)} would have been seen`;
  const why =
    verdict.real && !verdict.material
      ? "real, but too small to matter"
      : verdict.material
        ? "no more than chance can give"
        : "quiet";
  return `${why}: effect ${significant(test.numbers.effect)}, from ${significant(test.numbers.threshold)} on it matters${heard}`;
}

function untestedWords(test: Extract<SeriesVerdict["test"], { readonly kind: "untested" }>): string {
  const needed =
    test.neededRows === undefined ? "" : ` (${wholeNumber(test.rows)} of ${wholeNumber(test.neededRows)} rows)`;
  if (test.state === "waiting-for-labels") {
    const labelled = test.performance?.labelledRows;
    const coverage =
      labelled === undefined || test.rows === 0
        ? ""
        : ` (${percent(labelled / test.rows)} of the rows have an outcome)`;
    return `${test.reason}${coverage}`;
  }
  return `${test.reason}${needed}`;
}

const significant = (value: number): string => String(Number(value.toPrecision(3)));
