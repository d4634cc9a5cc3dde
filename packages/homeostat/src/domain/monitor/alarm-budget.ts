import { alertThreshold } from "../../stats/sequential/alert-budget.ts";
import { dayMs } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { MonitorSettings } from "./settings.ts";

/** False pages a month that a system may cost its owners while nothing is wrong, unless it declares another number. */
const usualPagesPerMonth = 1;

/** Share of false discoveries tolerated among the discoveries of one window, over all its tests, at most. */
export const highestLevel = 0.05;

const monthMs = 30 * dayMs;

/** What the monitors of a system may spend on false pages, and the level that follows from it. */
export interface AlarmBudget {
  readonly pagesPerMonth: number;
  readonly windowsPerMonth: number;
  /** The fewest windows running after which any monitor pages that chance can set off. */
  readonly leastPersistence: number;
  /** The false-discovery rate of every window, over all its tests: a difference is real at or below it. */
  readonly level: number;
  /** Pages a healthy month costs at most: windows · level / persistence. */
  readonly mostPages: number;
}

/**
 * The level at which differences count as real, so that chance pages at most as often as the budget allows:
 *
 *   level = min(5 %, pages · persistence / windows)     pages a month ≤ windows · level / persistence
 *
 * In a healthy window any test is called real with chance at most `level` (Benjamini-Hochberg over all its tests), and a
 * page takes `persistence` such windows running, so however alike windows that follow each other are, no more than
 * windows · level / persistence pages begin. Daily windows keep the 5 % of decision 6; hourly ones need a sharper level,
 * because there are 24 times as many. It holds where the tests are right for healthy windows, which overdispersion
 * measured on the baseline makes likely and nothing makes certain. Pure. Cost: O(monitors).
 */
export function alarmBudgetOf(
  system: Pick<System, "windows" | "budget">,
  watching: readonly MonitorSettings[],
): AlarmBudget {
  const pagesPerMonth = system.budget?.pagesPerMonth ?? usualPagesPerMonth;
  const windowsPerMonth = monthMs / system.windows.lengthMs;
  const persistences = watching
    .filter(({ severity }) => severity === "critical")
    .flatMap(({ metrics }) => Object.values(metrics))
    .flatMap(({ isExact, persistenceWindows }) => (isExact === true ? [] : [persistenceWindows]));
  const leastPersistence = persistences.length === 0 ? 1 : Math.min(...persistences);
  const level = Math.min(highestLevel, (pagesPerMonth * leastPersistence) / windowsPerMonth);
  return {
    pagesPerMonth,
    windowsPerMonth,
    leastPersistence,
    level,
    mostPages: (windowsPerMonth * level) / leastPersistence,
  };
}

/**
 * The threshold of e-detectors that watch `series` series within a share of the budget: with it they raise at most
 * `share · pagesPerMonth` false pages a month on average, however the series depend on each other.
 */
export function detectorThreshold(budget: AlarmBudget, series: number, share: number): number {
  return alertThreshold(series, budget.windowsPerMonth, share * budget.pagesPerMonth);
}
