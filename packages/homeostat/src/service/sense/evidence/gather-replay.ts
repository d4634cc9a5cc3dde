import { replayWindow, usualReplayRows } from "../replay-window.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/**
 * A sample of the window's rows recomputed by the training pipeline. A larger replay that somebody asked for counts
 * instead, as long as no row came since.
 */
export const gatherReplay: EvidenceGatherer<"replay"> = async (ports, { system, release, window }) => {
  const known = await ports.examinations.get(system.name, "replay", window.start);
  const asked =
    known?.report.release === release.id &&
    known.report.rows > usualReplayRows &&
    (window.evaluatedAt === undefined || known.at > window.evaluatedAt);
  if (known !== undefined && asked) return { kind: "replayed", report: known.report };
  return replayWindow(ports, system, release, window, usualReplayRows);
};
