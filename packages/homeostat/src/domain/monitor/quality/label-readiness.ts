import type { PerformanceNumbers } from "../verdict.ts";

/** Below this share of rows with an outcome the labelled ones may not speak for the rest. */
const leastCoverage = 0.8;

/** Why performance cannot be said yet; undefined when it can. */
export function labelsMissing(
  { rows, labelledRows }: Pick<PerformanceNumbers, "rows" | "labelledRows">,
  outcomesMature: boolean,
): { readonly state: "not-enough-data" | "waiting-for-labels"; readonly reason: string } | undefined {
  if (rows === 0) return { state: "not-enough-data", reason: "no rows" };
  // Early outcomes do not speak for late ones: a late flight also lands late. Nothing is tested on a part of them.
  if (!outcomesMature) return { state: "waiting-for-labels", reason: "outcomes have not had the time to arrive yet" };
  if (labelledRows / rows < leastCoverage)
    return { state: "waiting-for-labels", reason: "too few of the outcomes have arrived" };
  return undefined;
}
