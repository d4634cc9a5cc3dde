import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { CheckedExpression } from "../../domain/engine/expression.ts";
import type { Finding } from "../../domain/finding/finding.ts";
import type { IncidentDraft } from "../../domain/incident/incident.ts";
import type { Model } from "../../domain/model/model-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";

/** Small whole nouns for the conformance suite. */
export const dayWindow: Window = { start: 1_700_006_400_000, end: 1_700_092_800_000 };

export function sampleSystem(name: string, description = "flights"): System {
  const expression = "distance" as CheckedExpression;
  return {
    name,
    description,
    domain: "tabular",
    serving: "gateway",
    task: { type: "binary-classification", threshold: 0.1 + 0.2 },
    source: { component: "source:feed", contractId: "feed", contractVersion: "1.0.0", outcomeColumns: [] },
    pipeline: {
      version: "pl-0123456789abcdef",
      inputs: [{ name: "distance", type: "number", required: true, physicalName: "DISTANCE" }],
      features: [{ name: "distance", type: "number", expression }],
    },
    outcome: { name: "delayed", expression, maturityMs: 86_400_000 },
    segments: [{ name: "origin", expression, top: 10 }],
    windows: { lengthMs: 86_400_000, latenessMs: 3_600_000, season: "day-of-week" },
    fallback: [{ kind: "constant", probability: 0.19 }],
    owners: {
      "training-pipeline": "ann",
      serving: "bob",
      "upstream-data": "cid",
      "production-performance": "dot",
      business: "eve",
    },
    notify: [{ channel: "console" }],
    unchecked: [],
  };
}

export function sampleModel(system: string, version: string, createdAt: number): Model {
  const estimate = { value: 0.75, low: 0.7, high: 0.8 };
  return {
    version,
    system,
    pipeline: "pl-0123456789abcdef",
    dataset: "ds-1",
    trainer: "forest/1",
    artifactPath: "/models/m",
    trainedRows: 100,
    heldOutRows: 20,
    trainingMs: 12.25,
    heldOut: {
      auc: estimate,
      accuracy: estimate,
      logLoss: estimate,
      brier: estimate,
      positiveShare: estimate,
      calibrationError: 1e-17,
    },
    split: { timeField: "time", heldOutFrom: dayWindow.start, maxTrainingRows: 100 },
    createdAt,
  };
}

export function sampleBaseline(system: string, id: string): Baseline {
  return {
    id,
    system,
    release: `${system}-1`,
    createdAt: dayWindow.start,
    rows: 3,
    scoredRows: 2,
    features: [
      {
        name: "distance",
        binning: {
          kind: "numeric",
          edges: [Number.NEGATIVE_INFINITY, 0.1, 5e-324, 1.7976931348623157e308],
          points: [0],
        },
        nullShare: 1 / 3,
        percentiles: [1, 2, 3],
      },
      {
        name: "origin",
        binning: { kind: "categorical", categories: ["A\0B", "\uD800", "\uE000"], others: [], othersComplete: true },
        nullShare: 0,
        percentiles: [],
      },
    ],
    score: { kind: "probability", edges: [0.5], threshold: 0.5 },
    segments: [{ name: "origin", values: ["ATL"] }],
    windows: [{ ...dayWindow, season: "day-3", rows: 3 }],
  };
}

export function sampleFinding(system: string, id: string, window: Window, value = 0.4): Finding {
  return {
    id,
    system,
    release: `${system}-1`,
    monitor: "input-drift",
    monitorName: "input-drift",
    owner: "cid",
    runbook: undefined,
    layer: "pipeline",
    window,
    segment: { name: "origin", value: "ATL" },
    feature: "distance",
    metric: "psi",
    variant: "psi/quantile10",
    value,
    baselineValue: undefined,
    effect: value,
    threshold: 0.25,
    expectedByChance: 0.01,
    pValue: 1e-300,
    adjustedPValue: undefined,
    lowerBound: 0.3,
    overdispersion: undefined,
    rows: 1_000,
    baselineRows: 2_000,
    severity: "critical",
    rule: "psi >= 0.25",
    sentence: "distance moved",
    values: [{ value: "nul \0 inside", count: 3 }],
    withdrawnAt: undefined,
  };
}

export function sampleIncident(system: string): IncidentDraft {
  return {
    system,
    severity: "critical",
    layer: "pipeline",
    title: "distance moved in origin=ATL",
    owner: "cid",
    openedAt: dayWindow.end + 1,
    since: dayWindow.start,
    detectedAtEventTime: dayWindow.end,
    findingIds: [],
  };
}
