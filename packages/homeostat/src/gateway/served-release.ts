import type { HoldStore, ServingHold } from "../domain/action/serving-hold.ts";
import { Fault, reasonOf } from "../domain/fault.ts";
import { type Instant, secondMs } from "../domain/instant.ts";
import type { LoadedModel, ModelRuntime } from "../domain/model/model.ts";
import type { ModelStore } from "../domain/model/model-store.ts";
import type { Pipeline } from "../domain/pipeline/pipeline.ts";
import { type Release, type ReleaseStore, rollbackTarget } from "../domain/release/release.ts";

/** A release with its own pipeline and its model in memory: the three always come from one record. */
export interface ServedRelease {
  readonly release: Release;
  readonly pipeline: Pipeline;
  /** @throws Fault `model-unavailable` when it could not be loaded. */
  model(): LoadedModel;
}

/** What may answer for a system now. */
export interface Served {
  readonly live: ServedRelease | undefined;
  readonly previous: ServedRelease | undefined;
  /** What keeps the live release from answering as usual. */
  readonly holds: readonly ServingHold[];
}

export interface ServedReleases {
  served(system: string): Promise<Served>;
  /** Forget what is cached for a system: the next question asks the control store. */
  invalidate(system: string): void;
  close(): void;
}

/** Longer than any question takes. */
const unloadAfterMs = 60 * secondMs;

interface Cached extends Served {
  readonly loadedAt: Instant;
}

/**
 * Keeps the live and the previous release of each system ready. The control store is asked again after `refreshMs`, so
 * that a release made by another replica is seen; while it cannot be asked, the last known releases keep answering. A
 * model that no release of these needs any more is unloaded a little later, when questions under way have been answered.
 * Cost of an answer: a map look-up; memory: two models per system.
 */
export function createServedReleases(
  ports: {
    readonly releases: ReleaseStore;
    readonly models: ModelStore;
    readonly runtime: ModelRuntime;
    readonly holds: Pick<HoldStore, "of">;
    now(): Instant;
  },
  refreshMs: number,
): ServedReleases {
  const cache = new Map<string, Cached>();
  const refreshing = new Map<string, Promise<Cached>>();
  const inMemory = new Map<string, LoadedModel>();
  const unneededSince = new Map<string, Instant>();
  /** Raised by `invalidate`: what was asked before it is not kept. */
  const generations = new Map<string, number>();

  async function prepare(release: Release | undefined): Promise<ServedRelease | undefined> {
    if (release?.model === undefined) return undefined;
    const version = release.model;
    const pipeline = await ports.models.pipeline(release.pipeline);
    const model = await ports.models.get(release.system, version);
    if (pipeline === undefined || model === undefined) return undefined;
    let failure: Fault | undefined;
    if (!inMemory.has(version)) {
      try {
        inMemory.set(version, await ports.runtime.load(version, model.artifactPath, pipeline.features));
      } catch (thrown) {
        failure =
          thrown instanceof Fault
            ? thrown
            : new Fault("model-unavailable", { model: version, reason: reasonOf(thrown) }, thrown);
      }
    }
    const loaded = inMemory.get(version);
    return {
      release,
      pipeline,
      model: () => {
        if (loaded === undefined)
          throw failure ?? new Fault("model-unavailable", { model: version, reason: "it is not loaded" });
        return loaded;
      },
    };
  }

  function unloadUnneeded(now: Instant): void {
    const needed = new Set(
      [...cache.values()].flatMap(({ live, previous }) => [live?.release.model, previous?.release.model]),
    );
    for (const [version, model] of inMemory) {
      if (needed.has(version)) unneededSince.delete(version);
      else if (now - (unneededSince.get(version) ?? now) < unloadAfterMs)
        unneededSince.set(version, unneededSince.get(version) ?? now);
      else {
        unneededSince.delete(version);
        inMemory.delete(version);
        model.unload();
      }
    }
  }

  async function refresh(system: string): Promise<Cached> {
    const generation = generations.get(system) ?? 0;
    const releases = await ports.releases.list(system);
    const live = releases.find((release) => release.stage === "live");
    const target = rollbackTarget(releases);
    const fresh: Cached = {
      loadedAt: ports.now(),
      holds: await ports.holds.of(system),
      live: await prepare(live),
      previous: await prepare(target.kind === "target" ? target.release : undefined),
    };
    if (generation === (generations.get(system) ?? 0)) cache.set(system, fresh);
    if (refreshing.size <= 1) unloadUnneeded(ports.now());
    return fresh;
  }

  function refreshOnce(system: string): Promise<Cached> {
    const running = refreshing.get(system);
    if (running !== undefined) return running;
    const started = refresh(system).finally(() => {
      if (refreshing.get(system) === started) refreshing.delete(system);
    });
    refreshing.set(system, started);
    return started;
  }

  return {
    async served(system) {
      const known = cache.get(system);
      if (known === undefined) return refreshOnce(system);
      if (ports.now() - known.loadedAt > refreshMs) {
        // Stale is better than slow: the question at hand is answered by what is known; the next one sees the news.
        refreshOnce(system).catch(() => {
          if (cache.get(system) === known) cache.set(system, { ...known, loadedAt: ports.now() });
        });
      }
      return known;
    },
    invalidate: (system) => {
      generations.set(system, (generations.get(system) ?? 0) + 1);
      refreshing.delete(system);
      cache.delete(system);
    },
    close: () => {
      for (const model of inMemory.values()) model.unload();
      inMemory.clear();
      cache.clear();
    },
  };
}
