import type { EvidenceName, WindowEvidence } from "../../../domain/monitor/evidence/window-evidence.ts";
import type { MonitorDefinition } from "../../../domain/monitor/monitor.ts";
import { monitors } from "../../../domain/monitor/registry.ts";
import type { MonitorSettings } from "../../../domain/monitor/settings.ts";
import type { EvidenceGatherer, EvidencePorts, EvidenceScene } from "./evidence-gatherer.ts";
import { gatherAges } from "./gather-ages.ts";
import { gatherAskedAgain } from "./gather-asked-again.ts";
import { gatherCohorts } from "./gather-cohorts.ts";
import { gatherCrowds } from "./gather-crowds.ts";
import { gatherHistory } from "./gather-history.ts";
import { gatherLossSeries } from "./gather-loss-series.ts";
import { gatherPastEstimates } from "./gather-past-estimates.ts";
import { gatherReplay } from "./gather-replay.ts";
import { gatherSeparation } from "./gather-separation.ts";
import { gatherService } from "./gather-service.ts";
import { gatherSplits } from "./gather-splits.ts";

/** One gatherer for each member; a member without one does not compile. */
const gatherers: { readonly [Name in EvidenceName]-?: EvidenceGatherer<Name> } = {
  history: gatherHistory,
  service: gatherService,
  splits: gatherSplits,
  pastEstimates: gatherPastEstimates,
  replay: gatherReplay,
  separation: gatherSeparation,
  ages: gatherAges,
  crowds: gatherCrowds,
  askedAgain: gatherAskedAgain,
  lossSeries: gatherLossSeries,
  cohorts: gatherCohorts,
};

/** Gathers what the monitors that watch need, and nothing else. */
export async function gatherEvidence(
  ports: EvidencePorts,
  scene: EvidenceScene,
  watching: readonly MonitorSettings[],
): Promise<WindowEvidence> {
  const needed = new Set(watching.flatMap(({ kind }): readonly EvidenceName[] => definitionOf(kind).needs));
  const gathered = await Promise.all(
    [...needed].map(async (name) => [name, await gatherers[name](ports, scene)] as const),
  );
  return Object.fromEntries(gathered);
}

const definitionOf = (kind: MonitorSettings["kind"]): MonitorDefinition => monitors[kind];
