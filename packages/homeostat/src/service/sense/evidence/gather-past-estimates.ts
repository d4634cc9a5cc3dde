import { keyOf } from "../../../domain/monitor/segment-key.ts";
import type { EstimatedMetric } from "../../../domain/monitor/truth/estimated-performance.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** How far back estimates are held against the truth. */
const windowsBack = 28;

/** Estimates of the last 28 windows as they stand now: a window restated with its outcomes says what turned out. */
export const gatherPastEstimates: EvidenceGatherer<"pastEstimates"> = async (
  { verdicts, windows },
  { system, release, window },
) => {
  const length = window.end - window.start;
  const before = await windows.list(system.name, { from: window.start - windowsBack * length, to: window.start });
  const found = await verdicts.list({
    system: system.name,
    release: release.id,
    monitor: "estimated-performance",
    segment: "*",
    windows: before.filter(({ profileVersion }) => profileVersion > 0),
  });
  const past = new Map<string, EstimatedMetric[]>();
  for (const { verdict } of found) {
    const { key, estimate } = verdict.test;
    const own = estimate?.metrics.find(({ name }) => name === key.metric);
    // a monitor declared beside the default one says the same
    if (own === undefined || key.monitorName !== undefined) continue;
    past.set(keyOf(key.segment), [...(past.get(keyOf(key.segment)) ?? []), own]);
  }
  return past;
};
