import { compareProbes } from "../../../domain/probe/compare-probes.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

const mostRuns = 1_000;

/** Questions asked more than once: in the window, in the baseline, and by probes while the window lasted. */
export const gatherAskedAgain: EvidenceGatherer<"askedAgain"> = async (
  { facts, probes },
  { system, baseline, window },
) => {
  const deterministic = system.serving === "gateway";
  const runs =
    system.probes === undefined ? [] : await probes.list(system.name, { from: window.start, to: window.end }, mostRuns);
  return {
    repeats: await facts.repeats(system, window),
    reference: deterministic ? [] : await facts.referenceRepeats(system, baseline),
    deterministic,
    probes: compareProbes(runs),
  };
};
