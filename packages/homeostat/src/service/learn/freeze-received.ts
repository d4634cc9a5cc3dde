import type { System } from "../../domain/system/system.ts";
import { freezeBaseline, goLive, type ReleaseOutcome, type ReleasePorts } from "./make-release.ts";

/**
 * Freezes the baseline of a monitor-only release from rows already received: the release is the one its sender names,
 * and the model is not ours.
 */
export async function freezeReceived(
  ports: Pick<ReleasePorts, "profiles" | "baselines" | "releases" | "transaction" | "runs" | "models" | "clock">,
  system: System,
  order: { readonly release: string; readonly from: number; readonly to: number; readonly actor: string },
  progress: (step: string, share?: number) => Promise<void>,
): Promise<ReleaseOutcome | { readonly kind: "refused"; readonly reason: "no-rows"; readonly message: string }> {
  await progress("collecting received rows");
  const { rows } = await ports.profiles.referenceFromEvents(system, order.release, order);
  if (rows === 0)
    return {
      kind: "refused",
      reason: "no-rows",
      message: `no prediction of release ${order.release} was received in that stretch of event time`,
    };
  await ports.models.savePipeline(system.pipeline);
  const known = await ports.releases.get(system.name, order.release);
  if (known === undefined) {
    await ports.releases.createDraft({
      id: order.release,
      system: system.name,
      model: undefined,
      pipeline: system.pipeline.version,
      note: "served elsewhere",
      createdAt: ports.clock.now(),
    });
  }
  const frozen = await freezeBaseline(ports, system, order.release, progress);
  if (frozen.kind === "refused") return frozen;
  return {
    kind: "live",
    release: await goLive(ports, system, order.release, frozen.baseline, order.actor),
    baseline: frozen.baseline,
  };
}
