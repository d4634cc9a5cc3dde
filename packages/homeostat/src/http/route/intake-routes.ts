import { randomUUID } from "node:crypto";
import type { Change } from "@homeostat/protocol";
import type { Change as LoggedChange } from "../../domain/change/change.ts";
import { type Instant, isoOf } from "../../domain/instant.ts";
import type { Outcome, Prediction } from "../../domain/prediction/prediction.ts";
import { decisionThreshold } from "../../domain/system/task.ts";
import { predict } from "../../gateway/predict.ts";
import { takeOutcomes, takePredictions } from "../../service/intake/take-rows.ts";
import { type Handlers, refused } from "../handler.ts";
import type { OutcomeRow } from "../outcome-shape.ts";
import { readOutcomeRows, readPredictionRows, readPredictRows } from "../read-rows.ts";
import type { PredictionRow } from "../row-shape.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { takeBatch } from "./take-batch.ts";
import { takeTable } from "./take-table.ts";

/** What arrives: predictions made elsewhere, questions to the gateway, outcomes, changes. */
export function intakeHandlers(
  house: House,
): Pick<Handlers, "predict" | "sendPredictions" | "sendOutcomes" | "recordChange" | "changes" | "counts"> {
  return {
    predict: async ({ path, body, caller, receivedAt }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      if (system.serving !== "gateway")
        return refused(
          "not-possible-now",
          `${system.name} is monitor-only: its predictions are made elsewhere and posted to /v1/systems/${system.name}/predictions.`,
        );
      const reading = readPredictRows(body, system.pipeline.inputs, receivedAt);
      if (reading.kind === "refused") return reading;
      const questions = reading.rows.map((row) => ({
        id: row.id ?? randomUUID(),
        time: row.time ?? receivedAt,
        inputs: row.inputs,
        cohort: row.cohort ?? "",
      }));
      const threshold = decisionThreshold(system.task);
      const answered = await predict(house.predicting, system, questions, caller.name);
      if (answered.kind === "refused") return refused("unavailable", answered.message, { retryAfterSeconds: 5 });
      return {
        kind: "ok",
        value: {
          release: answered.release ?? null,
          degraded: answered.servedBy !== "release" || answered.reason !== undefined,
          reason: answered.reason ?? null,
          servedBy: answered.servedBy,
          predictions: questions.map((question, index) => {
            const probability = answered.probabilities[index] ?? Number.NaN;
            return { id: question.id, probability, decision: probability >= threshold };
          }),
        },
      };
    },
    sendPredictions: async (call) => {
      const { path, body } = call;
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      if (system.serving !== "monitor-only")
        return refused(
          "not-possible-now",
          `${system.name} is served by the gateway, which logs its own predictions; ask it at /v1/systems/${system.name}/predict.`,
        );
      if ("path" in body) return await takeTable(house, call, system, "predictions", body);
      const reading = readPredictionRows(
        body,
        system.pipeline.inputs,
        system.task,
        call.receivedAt,
        system.pipeline.features,
      );
      return await takeBatch(house, call, "predictions", reading, (rows) =>
        takePredictions(house, system, predictionsOf(house, rows, call)),
      );
    },
    sendOutcomes: async (call) => {
      const found = await findSystem(house, call.path.system);
      if (found.kind === "refused") return found;
      const { body } = call;
      if ("path" in body) return await takeTable(house, call, found.system, "outcomes", body);
      const reading = readOutcomeRows(body, found.system.task, call.receivedAt);
      return await takeBatch(house, call, "outcomes", reading, (rows) =>
        takeOutcomes(house, found.system, outcomesOf(rows, call)),
      );
    },
    recordChange: async ({ body, caller, receivedAt }) => {
      const recorded: LoggedChange = {
        id: body.id ?? randomUUID(),
        component: body.component,
        kind: body.kind,
        title: body.title,
        time: Date.parse(body.time),
        recordedAt: receivedAt,
        actor: body.actor ?? caller.name,
        system: body.system,
      };
      if ((await house.changes.record(recorded)) === "recorded") return { kind: "ok", value: changeAnswer(recorded) };
      const first = await house.changes.get(recorded.id);
      if (first !== undefined && caller.systems !== undefined && !caller.systems.includes(first.system ?? ""))
        return refused("not-possible-now", `The id ${recorded.id} belongs to a change of another system.`);
      return { kind: "ok", value: changeAnswer(first ?? recorded) };
    },
    changes: async ({ query }) => {
      const found = await house.changes.list({
        ...(query.from === undefined ? {} : { from: Date.parse(query.from) }),
        ...(query.to === undefined ? {} : { to: Date.parse(query.to) }),
        ...(query.system === undefined ? {} : { system: query.system }),
        ...(query.component === undefined ? {} : { component: query.component }),
        ...(query.kind === undefined ? {} : { kind: query.kind }),
      });
      return { kind: "ok", value: { items: found.map(changeAnswer) } };
    },
    counts: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      // Looked at first: when nothing is pending, everything acknowledged before is among the stored rows counted next.
      const pending = (kind: "predictions" | "outcomes"): number =>
        house.spool.pendingRows(`${kind}:${found.system.name}`) +
        house.spool.pendingRows(`${kind === "outcomes" ? "outcome" : "prediction"}-files:${found.system.name}`);
      const waiting = { predictions: pending("predictions"), outcomes: pending("outcomes") };
      const [counts, quarantined] = await Promise.all([
        house.events.counts(found.system),
        house.quarantine.counts(found.system.name),
      ]);
      return {
        kind: "ok",
        value: {
          predictions: {
            acknowledged: counts.predictions + counts.predictionDuplicates + waiting.predictions,
            stored: counts.predictions,
            duplicates: counts.predictionDuplicates,
            pendingInSpool: waiting.predictions,
          },
          outcomes: {
            acknowledged: counts.outcomes + counts.outcomeDuplicates + waiting.outcomes,
            stored: counts.outcomes,
            duplicates: counts.outcomeDuplicates,
            pendingInSpool: waiting.outcomes,
          },
          quarantined: quarantined.open,
          quarantinePending: house.spool.pendingRows(`quarantine:${found.system.name}`),
          inferenceHalves: await house.halves.count(found.system.name),
          gaps: house.gaps
            .list()
            .filter((gap) => gap.system === found.system.name)
            .map(({ kind, rows, lastAt }) => ({ kind, rows, lastAt: isoOf(lastAt) })),
          joined: counts.joined,
          outcomesWaiting: counts.outcomesWaiting,
        },
      };
    },
  };
}

interface Arrival {
  readonly caller: { readonly name: string };
  readonly receivedAt: Instant;
}

/** Rows as a sender of predictions made elsewhere tells them. */
export function predictionsOf(
  house: Pick<House, "predicting">,
  rows: readonly PredictionRow[],
  { caller, receivedAt }: Arrival,
): readonly Prediction[] {
  return rows.map((row) => ({
    id: row.id,
    time: row.time,
    receivedAt,
    release: row.release,
    model: "",
    pipeline: "",
    servedBy: "elsewhere" as const,
    environment: row.environment ?? house.predicting.environment,
    cohort: row.cohort ?? "",
    caller: caller.name,
    latencyMs: row.latencyMs,
    output: row.output,
    inputs: row.inputs,
    vector: row.vector,
    told: row.told,
  }));
}

export function outcomesOf(
  rows: readonly OutcomeRow[],
  { receivedAt }: Pick<Arrival, "receivedAt">,
): readonly Outcome[] {
  return rows.map((row) => ({ ...row, receivedAt }));
}

export function changeAnswer(change: LoggedChange): Change {
  return {
    id: change.id,
    component: change.component,
    kind: change.kind,
    title: change.title,
    time: isoOf(change.time),
    recordedAt: isoOf(change.recordedAt),
    ...(change.actor === undefined ? {} : { actor: change.actor }),
    ...(change.system === undefined ? {} : { system: change.system }),
  };
}
