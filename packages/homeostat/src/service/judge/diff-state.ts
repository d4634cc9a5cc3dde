import type { ChangeStore } from "../../domain/change/change.ts";
import type { Instant } from "../../domain/instant.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import type { ModelStore } from "../../domain/model/model-store.ts";
import type { PredictionLog, StatesSeen, Stretch } from "../../domain/prediction/prediction-log.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import { diffState, type StateDifference } from "../../domain/state/diff-state.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";

interface DiffStatePorts {
  readonly log: PredictionLog;
  readonly systems: SystemStore;
  readonly models: ModelStore;
  readonly releases: ReleaseStore;
  readonly changes: ChangeStore;
  readonly lineage: LineageStore;
}

export interface StateAnswer extends StateDifference {
  /** The stretches of event time whose predictions were compared, ending at the two times. */
  readonly before: Stretch;
  readonly after: Stretch;
  readonly seen: StatesSeen;
}

const upstreamSteps = 50;

/**
 * Gathers what the answers of a system depended on at two times, and says what is not the same. The predictions of a
 * stretch before each time are compared: `overMs` long, shorter where the times are nearer.
 */
export async function compareState(
  ports: DiffStatePorts,
  system: System,
  { from, to, overMs }: { readonly from: Instant; readonly to: Instant; readonly overMs: number },
): Promise<StateAnswer> {
  const lengthMs = Math.min(overMs, to - from);
  const before: Stretch = { from: from - lengthMs, to: from };
  const after: Stretch = { from: to - lengthMs, to };
  const node = `system:${system.name}`;
  const [versions, releases, feeds, models, changes, seen, ...graphs] = await Promise.all([
    ports.systems.versions(system.name),
    ports.releases.list(system.name),
    ports.lineage.history(node),
    ports.models.list(system.name),
    ports.changes.list({ from, to, system: system.name }),
    ports.log.statesSeen(system, before, after),
    // What was upstream at either time, or is now: a source that is no more may be what changed.
    ...[from, to, undefined].map((at) =>
      walkLineage(ports.lineage, {
        node,
        direction: "up",
        depth: upstreamSteps,
        ...(at === undefined ? {} : { at }),
      }),
    ),
  ]);
  const upstream = new Set(graphs.flatMap((graph) => graph?.nodes.map((one) => one.name) ?? []));
  upstream.add(node);
  upstream.add(system.source.component);
  const difference = diffState({ from, to, versions, releases, feeds, models, changes, upstream, seen });
  return { ...difference, before, after, seen };
}
