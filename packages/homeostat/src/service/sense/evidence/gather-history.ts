import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** How far back the windows before are looked at. */
const windowsBack = 28;

/** Counts of the windows before: as many as were counted among the last 28. */
export const gatherHistory: EvidenceGatherer<"history"> = async (
  { profiles, windows },
  { system, baseline, window },
) => {
  const length = window.end - window.start;
  const before = await windows.list(system.name, { from: window.start - windowsBack * length, to: window.start });
  return {
    profiles: await profiles.live(
      baseline,
      before.filter(({ profileVersion }) => profileVersion > 0),
    ),
  };
};
