import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** Ages of features as senders told them, with the limits declared. */
export const gatherAges: EvidenceGatherer<"ages"> = ({ facts }, { system, baseline, window }) => {
  const limits = system.pipeline.features.flatMap(({ name, maxAgeSeconds }) =>
    maxAgeSeconds === undefined ? [] : [[name, maxAgeSeconds] as const],
  );
  return facts.featureAges(system, baseline, window, new Map(limits));
};
