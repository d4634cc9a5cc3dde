import type { WindowVerdict } from "../monitor/verdict.ts";
import { keepsLimit, type Sli, type SloCount } from "./slo.ts";

/**
 * One event for each window of the system: good when the debiased PSI of the feature, or the greatest of all features,
 * keeps the limit. Windows in which nothing could be tested are left out. Pure.
 */
export function driftCounts(
  sli: Extract<Sli, { kind: "drift" }>,
  verdicts: readonly WindowVerdict[],
): readonly SloCount[] {
  const greatest = new Map<number, number>();
  for (const { window, verdict } of verdicts) {
    const { test } = verdict;
    if (test.kind !== "tested" || test.key.metric !== "psi" || test.key.monitorName !== undefined) continue;
    if (sli.feature !== undefined && test.key.feature !== sli.feature) continue;
    greatest.set(window, Math.max(greatest.get(window) ?? Number.NEGATIVE_INFINITY, test.numbers.effect));
  }
  return [...greatest]
    .sort(([left], [right]) => left - right)
    .map(([start, value]) => {
      const isGood = keepsLimit(sli.limit, value);
      return { start, good: isGood ? 1 : 0, bad: isGood ? 0 : 1, waiting: 0 };
    });
}
