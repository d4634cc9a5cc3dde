import { dayMs, hourMs, minuteMs } from "../instant.ts";

/** Two windows that must both burn: the long one says that it matters, the short one that it still goes on. */
export interface BurnPair {
  readonly severity: "critical" | "warning";
  readonly longMs: number;
  readonly shortMs: number;
  /** How many times faster than allowed the budget is spent. */
  readonly factor: number;
}

/** Share of a whole budget that is spent when the pair fires. */
const pairs = [
  { severity: "critical", longMs: hourMs, shortMs: 5 * minuteMs, budgetShare: 0.02 },
  { severity: "critical", longMs: 6 * hourMs, shortMs: 30 * minuteMs, budgetShare: 0.05 },
  { severity: "warning", longMs: 3 * dayMs, shortMs: 6 * hourMs, budgetShare: 0.1 },
] as const;

/**
 * Multi-window, multi-burn-rate alerts (Google, The Site Reliability Workbook, chapter 5, table 5-8): pages when 2 % of
 * the budget is spent in an hour or 5 % in six hours, a warning when 10 % is spent in three days: for a budget of 30
 * days the factors 14.4, 6 and 1. Other windows keep the shares. Events that come in steps longer than a pair's windows
 * stretch it to one step; a pair that would then fire below the allowed rate is left out, the last one is kept at it.
 */
export function burnPairs(windowMs: number, stepMs: number): readonly BurnPair[] {
  const made = pairs.flatMap(({ severity, longMs, shortMs, budgetShare }): BurnPair[] => {
    const long = Math.min(Math.max(longMs, stepMs), windowMs);
    const factor = (budgetShare * windowMs) / long;
    if (factor < 1 && severity === "critical") return [];
    return [
      { severity, longMs: long, shortMs: Math.min(long, Math.max(shortMs, stepMs)), factor: Math.max(1, factor) },
    ];
  });
  return made.filter(
    (pair, place) =>
      made.findIndex((other) => other.severity === pair.severity && other.longMs === pair.longMs) === place,
  );
}
