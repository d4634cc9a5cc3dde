import type { ActionDeed } from "../../domain/action/action-rule.ts";
import type { ActionRun } from "../../domain/action/action-run.ts";
import type { HeldServing, HoldStore } from "../../domain/action/serving-hold.ts";
import type { BaselineStore, FrozenFeature } from "../../domain/baseline/baseline.ts";
import type { Finding } from "../../domain/finding/finding.ts";
import type { Clock } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import { type Release, type ReleaseStore, rollbackTarget } from "../../domain/release/release.ts";
import type { FallbackStep, System } from "../../domain/system/system.ts";
import { rollBack } from "./roll-back.ts";

export interface DeedPorts extends Omit<Parameters<typeof rollBack>[0], "releases"> {
  readonly holds: HoldStore;
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
  readonly jobs: Pick<JobQueue, "send">;
  readonly clock: Clock;
  releaseChanged(system: string): void;
}

/** What stands before it and what will stand after it, or why it cannot be done. */
export type DeedPlan =
  | { readonly kind: "possible"; readonly before: string; readonly after: string }
  | { readonly kind: "impossible"; readonly text: string };

const impossible = (text: string): DeedPlan => ({ kind: "impossible", text });

/** Looks whether a deed can be done now, and what it would change. Changes nothing. */
export async function planDeed(
  ports: Pick<DeedPorts, "releases" | "baselines" | "clock">,
  system: System,
  deed: ActionDeed,
  scene: { readonly findings: readonly Finding[]; readonly coolDownMs: number },
): Promise<DeedPlan> {
  const releases = await ports.releases.list(system.name);
  const live = releases.find(({ stage }) => stage === "live");
  if (system.serving !== "gateway")
    return impossible(`${system.name} is served elsewhere: nothing of it can be changed here`);
  switch (deed.kind) {
    case "rollback":
      return planRollback(releases, live, { ...scene, now: ports.clock.now() });
    case "fallback":
      if (live === undefined) return impossible(`${system.name} has no live release`);
      return system.fallback.length === 0
        ? impossible(`${system.name} declares no fallback`)
        : { kind: "possible", before: live.id, after: system.fallback.map(stepWords).join(", then ") };
    case "freeze-feature": {
      const what = await frozenValue(ports, system, live, deed.feature);
      return what === undefined
        ? impossible(`the baseline of the live release knows no ordinary value of ${deed.feature}`)
        : { kind: "possible", before: "computed", after: `${what.feature} is ${what.value}` };
    }
    case "retrain":
      return {
        kind: "possible",
        before: live?.id ?? "nothing live",
        after: "a new model; nothing goes live by itself",
      };
  }
}

const stepWords = (step: FallbackStep): string =>
  step.kind === "constant" ? `the constant ${step.probability}` : "the previous release";

/**
 * A rollback goes back from the release that was found wanting, and from no other: not from one that went live since, and
 * not from one that was itself gone back to a short time ago.
 */
function planRollback(
  releases: readonly Release[],
  live: Release | undefined,
  scene: { readonly findings: readonly Finding[]; readonly coolDownMs: number; readonly now: number },
): DeedPlan {
  if (live === undefined) return impossible("there is no live release");
  const wanting = new Set(scene.findings.flatMap(({ release }) => (release === undefined ? [] : [release])));
  if (wanting.size > 0 && !wanting.has(live.id))
    return impossible(`the findings are about ${[...wanting].join(", ")}, and ${live.id} is live now`);
  const wentBack = releases.find(
    ({ number, retiredAt }) =>
      number > live.number && retiredAt !== undefined && retiredAt >= scene.now - scene.coolDownMs,
  );
  if (wentBack !== undefined) return impossible(`${live.id} was gone back to from ${wentBack.id} within the cool-down`);
  const target = rollbackTarget(releases);
  return target.kind === "none"
    ? impossible(`no release before ${live.id} was ever live`)
    : { kind: "possible", before: live.id, after: target.release.id };
}

async function frozenValue(
  ports: Pick<DeedPorts, "baselines">,
  system: System,
  live: Release | undefined,
  feature: string,
): Promise<Extract<HeldServing, { readonly kind: "feature" }> | undefined> {
  const baseline = live?.baseline === undefined ? undefined : await ports.baselines.get(system.name, live.baseline);
  const frozen = baseline?.features.find(({ name }) => name === feature);
  const value = frozen === undefined ? undefined : ordinaryValue(frozen);
  return value === undefined ? undefined : { kind: "feature", feature, value };
}

/** Of the percentiles 1, 5, 25, 50, 75, 95, 99. */
const medianAt = 3;

/** The median of a number, the most frequent category. */
function ordinaryValue({ binning, percentiles }: FrozenFeature): number | string | undefined {
  return binning.kind === "numeric" ? percentiles[medianAt] : binning.categories[0];
}

export type DeedOutcome =
  | { readonly kind: "done"; readonly after: string; readonly text: string }
  | { readonly kind: "refused"; readonly text: string };

/**
 * Does it. Safe to repeat after a crash: what the run says stood before tells whether it was done.
 * @throws Fault of the stores, the queue and channels.
 */
export async function doDeed(
  ports: DeedPorts,
  system: System,
  run: ActionRun,
  planned: Extract<DeedPlan, { readonly kind: "possible" }>,
): Promise<DeedOutcome> {
  const { deed, incident, action } = run;
  const hold = async (what: HeldServing): Promise<void> => {
    await ports.holds.put({ system: system.name, incident, action, since: ports.clock.now(), what });
    ports.releaseChanged(system.name);
  };
  switch (deed.kind) {
    case "rollback": {
      const outcome = await rollBack(ports, system.name, `action ${action}`);
      ports.releaseChanged(system.name);
      return outcome.kind === "refused"
        ? { kind: "refused", text: outcome.message }
        : {
            kind: "done",
            after: outcome.release.id,
            text: `rolled back from ${outcome.from} to ${outcome.release.id}`,
          };
    }
    case "fallback":
      await hold({ kind: "fallback" });
      return {
        kind: "done",
        after: planned.after,
        text: `answers by ${planned.after}, until the incident is resolved`,
      };
    case "freeze-feature": {
      const live = await ports.releases.live(system.name);
      const what = await frozenValue(ports, system, live, deed.feature);
      if (what === undefined) return { kind: "refused", text: `no ordinary value of ${deed.feature} is known` };
      await hold(what);
      const text = `${deed.feature} is frozen at ${what.value}, until the incident is resolved`;
      return { kind: "done", after: planned.after, text };
    }
    case "retrain": {
      const { timeField, rowsOfMs, heldOutMs, maxTrainingRows } = deed;
      const payload = { system: system.name, incident, action, timeField, rowsOfMs, heldOutMs, maxTrainingRows };
      await ports.jobs.send("retrain", payload, { singleton: `retrain-${incident}-${action}` });
      return { kind: "done", after: planned.after, text: "training began; the model will be told here" };
    }
  }
}
