import type { PredictionLineage, StateDifference } from "@homeostat/protocol";
import { worstFirst } from "../../domain/contract/judge-rules.ts";
import { type Instant, isoOf } from "../../domain/instant.ts";
import { compareState, type StateAnswer } from "../../service/judge/diff-state.ts";
import { type ExplainedPrediction, explainPrediction } from "../../service/judge/explain-prediction.ts";
import { durationMsOf } from "../declaration/duration.ts";
import { type Handlers, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { changeAnswer } from "./intake-routes.ts";
import { contractChangeAnswer, resultAnswer } from "./source-routes.ts";

/** What single answers, and all answers at a time, depended on. */
export function stateHandlers(house: House): Pick<Handlers, "predictionLineage" | "diffState"> {
  return {
    predictionLineage: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const explained = await explainPrediction(house, found.system, path.prediction);
      return explained === undefined
        ? refused(
            "not-found",
            `${found.system.name} has no stored prediction ${JSON.stringify(path.prediction)}; one acknowledged just now may still be on its way from the spool.`,
          )
        : { kind: "ok", value: predictionAnswer(explained) };
    },
    diffState: async ({ path, query, receivedAt }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const from = Date.parse(query.from);
      const to = query.to === undefined ? receivedAt : Date.parse(query.to);
      if (to <= from)
        return refused("malformed-body", "The second time must lie after the first.", {
          issues: [{ path: "?to", expected: `a time after ${isoOf(from)}`, found: isoOf(to) }],
        });
      const overMs = query.over === undefined ? found.system.windows.lengthMs : durationMsOf(query.over);
      if (overMs <= 0)
        return refused("malformed-body", "There is nothing to compare.", {
          issues: [{ path: "?over", expected: "a duration over 0", found: String(query.over) }],
        });
      const difference = await compareState(house, found.system, { from, to, overMs });
      return { kind: "ok", value: differenceAnswer(found.system.name, from, to, difference) };
    },
  };
}

function predictionAnswer({
  prediction,
  system,
  pipeline,
  features,
  release,
  model,
  checkedWindow,
}: ExplainedPrediction): PredictionLineage {
  const { breaches } = prediction;
  return {
    system: system.name,
    prediction: {
      id: prediction.id,
      time: isoOf(prediction.time),
      receivedAt: isoOf(prediction.receivedAt),
      output: { ...prediction.output },
      servedBy: prediction.servedBy,
      environment: prediction.environment,
      cohort: prediction.cohort,
      caller: prediction.caller,
      latencyMs: prediction.latencyMs ?? null,
      costUsd: prediction.costUsd ?? null,
      state: { ...prediction.state },
    },
    source: {
      component: system.source.component,
      contract: system.source.contractId,
      contractVersion: prediction.contractVersion ?? system.source.contractVersion,
    },
    contractCheck: {
      state: breaches === undefined ? "not-checked" : breaches.length === 0 ? "no-breach" : "broken",
      breaches: [...(breaches ?? [])],
      window:
        checkedWindow === undefined
          ? null
          : {
              start: isoOf(checkedWindow.window.start),
              end: isoOf(checkedWindow.window.end),
              contractVersion: checkedWindow.contractVersion,
              results: worstFirst(checkedWindow.results).map(resultAnswer),
            },
    },
    inputs: pipeline.inputs.map(({ name, type, physicalName }) => ({
      name,
      type,
      value: prediction.inputs[name] ?? null,
      physicalName,
    })),
    vector: prediction.vectorSeen ? "told" : "computed",
    features: features.map(({ name, type, value, expression, reads, age }) => ({
      name,
      type,
      value,
      expression,
      reads: reads === undefined ? null : [...reads],
      ageSeconds: age.kind === "unknown" ? null : age.seconds,
      age: age.kind,
    })),
    pipeline: pipeline.version,
    release:
      release === undefined ? null : { id: release.id, number: release.number, baseline: release.baseline ?? null },
    model:
      model === undefined
        ? null
        : {
            version: model.version,
            dataset: model.dataset,
            trainer: model.trainer,
            createdAt: isoOf(model.createdAt),
          },
    outcomes: prediction.outcomes.map((outcome) => ({
      ...outcome,
      time: isoOf(outcome.time),
      receivedAt: isoOf(outcome.receivedAt),
    })),
  };
}

function differenceAnswer(system: string, from: Instant, to: Instant, answer: StateAnswer): StateDifference {
  const { entries, contractChanges, shifts, changes, changesElsewhere, before, after, seen } = answer;
  return {
    system,
    from: isoOf(from),
    to: isoOf(to),
    entries: entries.map((entry) => ({
      part: entry.part,
      what: entry.what,
      before: entry.before ?? null,
      after: entry.after ?? null,
      changedAt: entry.changedAt === undefined ? null : isoOf(entry.changedAt),
    })),
    contractChanges: contractChanges.map(contractChangeAnswer),
    predictions: {
      before: { from: isoOf(before.from), to: isoOf(before.to), rows: seen.rowsBefore },
      after: { from: isoOf(after.from), to: isoOf(after.to), rows: seen.rowsAfter },
      shifts: shifts.map((shift) => ({ ...shift, first: shift.first === undefined ? null : isoOf(shift.first) })),
      notCompared: seen.many.map((key) => ({ ...key })),
    },
    changes: changes.map(changeAnswer),
    changesElsewhere,
  };
}
