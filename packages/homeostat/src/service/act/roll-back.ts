import type { ChangeStore } from "../../domain/change/change.ts";
import type { Clock } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { releaseLineage } from "../../domain/lineage/own-lineage.ts";
import { type Release, type ReleaseStore, rollbackTarget } from "../../domain/release/release.ts";
import type { Transact } from "../../domain/transaction.ts";
import { type RunTeller, releaseEvents } from "../learn/own-runs.ts";

interface RollbackPorts {
  readonly releases: ReleaseStore;
  readonly transaction: Transact<{
    readonly releases: ReleaseStore;
    readonly changes: ChangeStore;
    readonly lineage: LineageStore;
    readonly jobs: Pick<JobQueue, "send">;
  }>;
  readonly runs?: RunTeller | undefined;
  readonly clock: Clock;
}

export type RollbackOutcome =
  | { readonly kind: "rolled-back"; readonly from: string; readonly release: Release }
  | { readonly kind: "refused"; readonly reason: "nothing-live" | "no-earlier-release"; readonly message: string };

/** Puts the previous release live again: its model, its pipeline and its baseline, in one step. */
export async function rollBack(ports: RollbackPorts, system: string, actor: string): Promise<RollbackOutcome> {
  const releases = await ports.releases.list(system);
  const target = rollbackTarget(releases);
  if (target.kind === "none") {
    const message =
      target.reason === "nothing-live"
        ? `${system} has no live release`
        : `${system} has no earlier release that was live`;
    return { kind: "refused", reason: target.reason, message };
  }
  const from = releases.find((release) => release.stage === "live")?.id ?? "";
  const at = ports.clock.now();
  const release = await ports.transaction(async (inside) => {
    const live = await inside.releases.goLive(system, target.release.id, at);
    await inside.changes.record({
      id: `rollback-${system}-${live.number}-${at}`,
      component: `release:${system}`,
      kind: "deploy",
      title: `rolled back from ${from} to ${live.id}: model, pipeline and baseline together`,
      time: at,
      recordedAt: at,
      actor,
      system,
    });
    await inside.lineage.record(releaseLineage(live, undefined, at));
    await ports.runs?.tell(inside, releaseEvents(live));
    return live;
  });
  return { kind: "rolled-back", from, release };
}
