import type { Instant } from "../instant.ts";
import type { ModelVersion } from "../model/model.ts";
import type { PipelineVersion } from "../pipeline/pipeline.ts";

export type ReleaseStage = "draft" | "live" | "retired";

/** The unit that goes live and is rolled back: model + pipeline + baseline + policies, always together. */
export interface Release {
  /** `flight-delay-3` for our own; for a monitor-only system the id its sender uses. */
  readonly id: string;
  readonly system: string;
  readonly number: number;
  readonly stage: ReleaseStage;
  /** undefined for a monitor-only system. */
  readonly model: ModelVersion | undefined;
  readonly pipeline: PipelineVersion;
  readonly baseline: string | undefined;
  readonly note: string;
  readonly createdAt: Instant;
  readonly liveSince: Instant | undefined;
  readonly retiredAt: Instant | undefined;
}

export interface ReleaseStore {
  /** Makes the next release of the system as a draft; numbers have no gaps and are never given twice. */
  createDraft(
    draft: Pick<Release, "system" | "model" | "pipeline" | "note" | "createdAt"> & { readonly id?: string },
  ): Promise<Release>;
  attachBaseline(system: string, id: string, baseline: string): Promise<void>;
  /** Makes one release live and retires the one that was, in one step: there is never more than one live release. */
  goLive(system: string, id: string, at: Instant): Promise<Release>;
  live(system: string): Promise<Release | undefined>;
  get(system: string, id: string): Promise<Release | undefined>;
  /** Newest first. */
  list(system: string): Promise<readonly Release[]>;
}

/**
 * The release a rollback returns to: of the releases made before the live one, the one that was live last. A release
 * that was itself rolled back from is newer than its target but was retired earlier, so it is not returned to.
 * Refuses when nothing is live or nothing earlier ever was. Order of the input does not matter. Cost: O(releases).
 */
export function rollbackTarget(
  releases: readonly Release[],
):
  | { readonly kind: "target"; readonly release: Release }
  | { readonly kind: "none"; readonly reason: "nothing-live" | "no-earlier-release" } {
  const live = releases.find((release) => release.stage === "live");
  if (live === undefined) return { kind: "none", reason: "nothing-live" };
  const earlier = releases
    .filter((release) => release.stage === "retired" && release.liveSince !== undefined && release.number < live.number)
    .sort((a, b) => (b.retiredAt ?? 0) - (a.retiredAt ?? 0) || b.number - a.number)[0];
  return earlier === undefined ? { kind: "none", reason: "no-earlier-release" } : { kind: "target", release: earlier };
}
