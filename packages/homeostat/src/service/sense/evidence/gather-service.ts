import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** How far back the windows before are looked at. */
const windowsBack = 28;
/** A reference with fewer served windows than this does not say what is normal. */
const leastWindows = 3;

/** How serving went in the reference windows or, where nobody served those, in the last 28 windows without an alarm. */
export const gatherService: EvidenceGatherer<"service"> = async (
  { profiles, windows },
  { system, baseline, window, isLive },
) => {
  const frozen = await profiles.servedReference(baseline);
  if (frozen.length >= leastWindows)
    return { isLive, origin: "baseline", normal: frozen.map(({ service }) => service) };
  const length = window.end - window.start;
  const before = await windows.list(system.name, { from: window.start - windowsBack * length, to: window.start });
  const calm = before.filter(({ profileVersion, verdict }) => profileVersion > 0 && verdict !== "critical");
  const served = await profiles.service(system, calm);
  return { isLive, origin: "windows-before", normal: served.map(({ service }) => service) };
};
