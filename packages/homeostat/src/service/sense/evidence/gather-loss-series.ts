import { keyOf } from "../../../domain/monitor/segment-key.ts";
import { addMoments } from "../../../domain/monitor/truth/loss-strata.ts";
import type { WindowVerdict } from "../../../domain/monitor/verdict.ts";
import type { WindowRecord } from "../../../domain/window/window.ts";
import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

const windowsBack = 180;
const recentWindows = 8;

/** Losses of the windows before, from what was said of their performance: no rows and no counts are read again. */
export const gatherLossSeries: EvidenceGatherer<"lossSeries"> = async (
  { verdicts, windows },
  { system, release, window },
) => {
  const length = window.end - window.start;
  const known = (
    await windows.list(system.name, { from: window.start - windowsBack * length, to: window.start })
  ).filter(({ profileVersion }) => profileVersion > 0);
  const list = (segment: "*" | undefined, of: readonly WindowRecord[]): Promise<readonly WindowVerdict[]> =>
    verdicts.list({ system: system.name, release: release.id, monitor: "performance", segment, windows: of });
  const recentFrom = window.start - recentWindows * length;
  const [all, recent] = await Promise.all([
    list(undefined, known),
    list(
      "*",
      known.filter(({ start }) => start >= recentFrom),
    ),
  ]);
  const sums = new Map<string, MomentSums>();
  for (const one of recent) {
    const key = keyOf(one.verdict.test.key.segment);
    for (const loss of lossOf(one)) {
      const before = sums.get(key);
      sums.set(key, before === undefined ? loss : addMoments(before, loss));
    }
  }
  return { all: all.flatMap(lossOf), recent: sums };
};

/** None where the outcomes were not there, or a monitor of another name says the same again. */
function lossOf({ verdict: { test } }: WindowVerdict): readonly MomentSums[] {
  const shown = test.performance;
  if (test.kind !== "tested" || test.key.monitorName !== undefined || shown === undefined) return [];
  const mean = shown.headline?.name === "mae" ? shown.headline.value?.value : shown.accuracy?.value;
  if (mean === undefined) return [];
  const n = shown.labelledRows;
  const isShare = shown.headline?.name !== "mae";
  const sum = n * (isShare ? 1 - mean : mean);
  // Of a mean error the squares are not kept; what varies between windows is measured, not assumed.
  return [{ n, sum, sumSquares: isShare ? sum : sum * mean }];
}
