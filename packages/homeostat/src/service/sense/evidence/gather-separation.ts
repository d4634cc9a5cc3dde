import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** The classifier's look at the window, where there was one: it is dear, so nobody takes one here. */
export const gatherSeparation: EvidenceGatherer<"separation"> = async ({ examinations }, { system, window }) =>
  (await examinations.get(system.name, "separation", window.start))?.report;
