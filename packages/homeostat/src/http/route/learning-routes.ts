import type { Job, Model, Release } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import type { JobRecord } from "../../domain/job/job-queue.ts";
import type { Model as StoredModel } from "../../domain/model/model-store.ts";
import type { Release as StoredRelease } from "../../domain/release/release.ts";
import { rollBack } from "../../service/act/roll-back.ts";
import { type Handlers, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { sendJob } from "./send-job.ts";

type LearningRoutes = "train" | "job" | "models" | "createRelease" | "createBaseline" | "releases" | "rollback";

/** Training, releases, rollback. */
export function learningHandlers(house: House): Pick<Handlers, LearningRoutes> {
  return {
    train: async ({ path, body, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      if (system.task.type !== "binary-classification")
        return refused(
          "not-possible-now",
          `${system.name} has the task ${system.task.type}: Homeostat trains binary classification only, and watches the rest.`,
        );
      if ((await house.datasets.get(system.name, body.dataset)) === undefined)
        return refused("not-found", `${system.name} has no dataset ${body.dataset}.`);
      const field = system.pipeline.inputs.find((input) => input.name === body.timeColumn);
      if (field?.type !== "timestamp") {
        const timestamps = system.pipeline.inputs
          .filter((input) => input.type === "timestamp")
          .map((input) => input.name);
        return refused("malformed-body", "The time column must be a timestamp field of the contract.", {
          issues: [
            {
              path: "timeColumn",
              expected: `one of ${timestamps.join(", ") || "(the contract has no timestamp field)"}`,
              found: JSON.stringify(body.timeColumn),
            },
          ],
        });
      }
      const split = {
        timeField: body.timeColumn,
        heldOutFrom: Date.parse(body.holdoutFrom),
        maxTrainingRows: body.maxTrainingRows,
      };
      return {
        kind: "ok",
        value: await sendJob(house, "train", { system: system.name, dataset: body.dataset, split, actor: caller.name }),
      };
    },
    job: async ({ path }) => {
      const record = await house.jobs.find(path.job);
      return record === undefined
        ? refused("not-found", `There is no job ${JSON.stringify(path.job)}.`)
        : { kind: "ok", value: jobAnswer(record) };
    },
    models: async ({ path }) => ({
      kind: "ok",
      value: { items: (await house.models.list(path.system)).map(modelAnswer) },
    }),
    createRelease: async ({ path, body, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      if (found.system.serving !== "gateway")
        return refused(
          "not-possible-now",
          `${found.system.name} is monitor-only: freeze a baseline of the release its sender names with POST /v1/systems/${found.system.name}/baselines.`,
        );
      if ((await house.models.get(found.system.name, body.model)) === undefined)
        return refused("not-found", `${found.system.name} has no model ${JSON.stringify(body.model)}.`);
      return {
        kind: "ok",
        value: await sendJob(house, "release", {
          system: found.system.name,
          model: body.model,
          note: body.note ?? "",
          actor: caller.name,
        }),
      };
    },
    createBaseline: async ({ path, body, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      if (found.system.serving !== "monitor-only")
        return refused(
          "not-possible-now",
          `${found.system.name} is served by the gateway: its baselines are frozen with its releases.`,
        );
      const payload = {
        system: found.system.name,
        release: body.release,
        from: Date.parse(body.from),
        to: Date.parse(body.to),
        actor: caller.name,
      };
      return { kind: "ok", value: await sendJob(house, "baseline", payload) };
    },
    releases: async ({ path }) => ({
      kind: "ok",
      value: { items: (await house.releases.list(path.system)).map(releaseAnswer) },
    }),
    rollback: async ({ path, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const outcome = await rollBack(house, found.system.name, caller.name);
      if (outcome.kind === "refused") return refused("not-possible-now", `${outcome.message}.`);
      house.releaseChanged(found.system.name);
      return { kind: "ok", value: releaseAnswer(outcome.release) };
    },
  };
}

function jobAnswer(record: JobRecord): Job {
  return {
    id: record.id,
    kind: record.kind,
    state: record.state,
    step: record.step ?? null,
    progress: record.progress ?? null,
    ...(record.result === undefined ? {} : { result: record.result }),
    error: record.error ?? null,
  };
}

function modelAnswer(model: StoredModel): Model {
  return {
    version: model.version,
    system: model.system,
    pipeline: model.pipeline,
    dataset: model.dataset,
    trainer: model.trainer,
    trainedRows: model.trainedRows,
    heldOutRows: model.heldOutRows,
    trainingMs: model.trainingMs,
    heldOut: model.heldOut,
    createdAt: isoOf(model.createdAt),
  };
}

export function releaseAnswer(release: StoredRelease): Release {
  return {
    id: release.id,
    system: release.system,
    number: release.number,
    stage: release.stage,
    model: release.model ?? null,
    pipeline: release.pipeline,
    baseline: release.baseline ?? null,
    createdAt: isoOf(release.createdAt),
    liveSince: release.liveSince === undefined ? null : isoOf(release.liveSince),
    retiredAt: release.retiredAt === undefined ? null : isoOf(release.retiredAt),
  };
}
