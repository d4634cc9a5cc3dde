import type { Baseline } from "../../domain/baseline/baseline.ts";
import { nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import type { CheckedExpression } from "../../domain/engine/expression.ts";
import { hourMs, isoOf } from "../../domain/instant.ts";
import { invariant } from "../../domain/invariant.ts";
import type { FeatureVector, FieldType, InputField, InputRow } from "../../domain/pipeline/pipeline.ts";
import type { Prediction } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";

const sql = (text: string): CheckedExpression => text as CheckedExpression;
const field = (name: string, type: FieldType, physicalName = name): InputField => ({
  name,
  type,
  physicalName,
  required: false,
});

/** A system whose features have every trait that counting must get right, and names that clash where they may. */
export function sampleShop(name: string, change: Partial<System> = {}): System {
  return {
    name,
    description: "",
    domain: "tabular",
    serving: "gateway",
    task: { type: "binary-classification", threshold: 0.5 },
    source: {
      component: "source:till",
      contractId: "till",
      contractVersion: "1",
      outcomeColumns: [{ name: "returned", physicalName: "came back", type: "Nullable(Float64)" }],
    },
    pipeline: {
      version: "pl-1",
      inputs: [
        field("sold", "timestamp"),
        // What one is called in the owner's files is the other's name here.
        field("amount", "number", "pieces"),
        field("pieces", "integer", "amount"),
        field("label", "string"),
        field("card", "boolean"),
      ],
      features: [
        { name: "amount", type: "number", expression: sql("amount") },
        { name: "per_piece", type: "number", expression: sql("amount / pieces") },
        { name: "hour", type: "number", expression: sql("toHour(sold)") },
        { name: "constant", type: "number", expression: sql("7") },
        { name: "label", type: "category", expression: sql("label") },
        { name: "paid", type: "category", expression: sql("if(card, 'card', 'cash')") },
      ],
    },
    outcome: { name: "returned", expression: sql("returned > 0"), maturityMs: hourMs },
    segments: [
      { name: "label", expression: sql("label"), top: 3 },
      { name: "size", expression: sql("multiIf(amount = 0, 'nothing', amount < 50, 'small', 'large')"), top: 10 },
    ],
    windows: { lengthMs: hourMs, latenessMs: 0, season: "none" },
    fallback: [],
    owners: {
      "training-pipeline": "a",
      serving: "a",
      "upstream-data": "a",
      "production-performance": "a",
      business: "a",
    },
    notify: [],
    unchecked: [],
    ...change,
  };
}

/** What the pipeline of the sample makes of inputs, by plain arithmetic. */
export function vectorOf(inputs: InputRow): FeatureVector {
  const { sold, amount, pieces, label, card } = inputs;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const known = typeof amount === "number" && typeof pieces === "number";
  return [
    typeof amount === "number" ? finite(amount) : null,
    known ? finite((amount as number) / (pieces as number)) : null,
    typeof sold === "string" ? new Date(sold).getUTCHours() : null,
    7,
    typeof label === "string" ? label : null,
    card === true ? "card" : "cash",
  ];
}

/** The values of the sample's segments, as they are stored. */
export function segmentsOf(inputs: InputRow): Readonly<Record<string, string>> {
  const { amount, label } = inputs;
  const size = amount === 0 ? "nothing" : typeof amount === "number" && amount < 50 ? "small" : "large";
  return { label: typeof label === "string" ? label : nullValue, size };
}

/** The key under which a profile counts a row of a segment. */
export function countedValue(baseline: Baseline, segment: string, value: string): string {
  const kept = baseline.segments.find((candidate) => candidate.name === segment)?.values ?? [];
  return value === nullValue || kept.includes(value) ? value : otherValue;
}

export const firstWindow = Date.parse("2026-03-01T10:00:00Z");

export function inputsAt(time: number, change: InputRow = {}): InputRow {
  return { sold: isoOf(time), amount: 12.5, pieces: 2, label: "tea", card: true, ...change };
}

export function samplePrediction(id: string, change: Partial<Prediction> = {}): Prediction {
  const time = change.time ?? firstWindow;
  return {
    id,
    time,
    receivedAt: firstWindow + 5,
    release: "r1",
    model: "m1",
    pipeline: "pl-1",
    servedBy: "release",
    environment: "test",
    cohort: "",
    caller: "key",
    latencyMs: 1.5,
    output: { kind: "probability", probability: 0.25 },
    inputs: inputsAt(time),
    vector: undefined,
    ...change,
  };
}

/** An element that the sample has. */
export function at<T>(list: readonly T[], index: number): T {
  const element = list[index];
  invariant(element !== undefined, `the sample has no element ${index}`);
  return element;
}

const encoder = new TextEncoder();

/** Lines as the shipper hands them over. */
export function blocksOf(...lines: readonly string[]): readonly Uint8Array[] {
  return lines.map((line) => encoder.encode(`${line}\n`));
}
