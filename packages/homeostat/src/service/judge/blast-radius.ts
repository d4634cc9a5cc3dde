import type { ReachOfSlice, Slice } from "../../domain/baseline/slice-store.ts";
import { segmentSlice } from "../../domain/baseline/slice-store.ts";
import type { Incident } from "../../domain/incident/incident.ts";
import type { Instant } from "../../domain/instant.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import type { SystemStore } from "../../domain/system/system.ts";
import { type DiagnosisPorts, liveBaseline } from "./diagnose-incident.ts";

export interface BlastRadius extends ReachOfSlice {
  readonly from: Instant;
  readonly downstream: readonly { readonly component: string; readonly steps: number }[];
}

/** Farther down than this it is somebody else's incident. */
const mostSteps = 5;

/**
 * Whom it concerns: answers given in the slice since it began, by caller, cohort and segment, and what lineage says is made
 * from them. undefined where there is no baseline to tell the slice by. Cost: one scan of the rows since then.
 */
export async function blastRadiusOf(
  ports: DiagnosisPorts & { readonly systems: SystemStore },
  incident: Incident,
): Promise<BlastRadius | undefined> {
  const stored = await ports.systems.get(incident.system);
  if (stored === undefined) return undefined;
  const { system } = stored;
  const live = await liveBaseline(ports, system);
  if (live === undefined) return undefined;
  const from = incident.since;
  const newest = Math.max(incident.detectedAtEventTime, (await newestWindow(ports, system.name, from)) ?? 0);
  const range = { kind: "live", from, to: newest } as const;
  const reach = await ports.slices.reach(system, live.baseline, range, sliceOf(incident));
  const graph = await walkLineage(ports.lineage, {
    node: `system:${system.name}`,
    direction: "down",
    depth: mostSteps,
  });
  const downstream = (graph?.nodes ?? [])
    .filter(({ distance }) => distance > 0)
    .map(({ name, distance }) => ({ component: name, steps: distance }));
  return { ...reach, from, downstream };
}

async function newestWindow(ports: DiagnosisPorts, system: string, from: Instant): Promise<Instant | undefined> {
  const windows = await ports.windows.list(system, { from });
  return windows.length === 0 ? undefined : Math.max(...windows.map(({ end }) => end));
}

function sliceOf({ diagnosis }: Incident): Slice | undefined {
  const slice = diagnosis?.slice;
  if (slice?.segment !== undefined) return segmentSlice(slice.segment.name, slice.values);
  const ranked = diagnosis?.slices?.find(({ words }) => words === slice?.words);
  return ranked === undefined ? undefined : { conditions: ranked.conditions };
}
