import { z } from "zod";
import { change } from "./event.ts";
import { duration, instant } from "./name.ts";
import { contractChange, ruleResult } from "./source.ts";

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One prediction with everything it came from, as far as it is known. */
export const predictionLineage = z.object({
  system: z.string(),
  prediction: z.object({
    id: z.string(),
    time: instant,
    receivedAt: instant,
    output: z.record(z.string(), z.unknown()).describe("What the model said"),
    servedBy: z.string(),
    environment: z.string(),
    cohort: z.string(),
    caller: z.string(),
    latencyMs: z.number().nullable(),
    costUsd: z.number().nullable(),
    state: z.record(z.string(), z.string()).describe("As its sender told: prompt version, seed, arm, …"),
  }),
  source: z.object({ component: z.string(), contract: z.string(), contractVersion: z.string() }),
  contractCheck: z.object({
    state: z.enum(["no-breach", "broken", "not-checked"]),
    breaches: z.array(z.string()).describe("Rules that the row broke"),
    window: z
      .object({ start: instant, end: instant, contractVersion: z.string(), results: z.array(ruleResult) })
      .nullable()
      .describe("How the rules did over the window that the row is in, worst first; null: it was not held to them yet"),
  }),
  inputs: z.array(
    z.object({ name: z.string(), type: z.string(), value, physicalName: z.string().describe("In the owner's files") }),
  ),
  vector: z.enum(["told", "computed"]).describe("The vector the model saw, or computed from the inputs by the store"),
  features: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      value,
      expression: z.string(),
      reads: z.array(z.string()).nullable().describe("Input fields; null where they were not noted"),
      ageSeconds: z.number().nullable(),
      age: z.enum(["told", "source-time", "unknown"]),
    }),
  ),
  pipeline: z.string(),
  release: z.object({ id: z.string(), number: z.int(), baseline: z.string().nullable() }).nullable(),
  model: z
    .object({ version: z.string(), dataset: z.string(), trainer: z.string(), createdAt: instant })
    .nullable()
    .describe("null: made elsewhere, or answered by a constant"),
  outcomes: z.array(
    z.object({ kind: z.string(), name: z.string(), unit: z.string(), value, time: instant, receivedAt: instant }),
  ),
});
export type PredictionLineage = z.infer<typeof predictionLineage>;

export const stateQuery = z.object({
  from: instant,
  to: instant.optional().describe("Now, when absent"),
  over: duration.optional().describe("How much before each time is compared; the system's window length when absent"),
});

const stretch = z.object({ from: instant, to: instant, rows: z.int() });

/** What changed between two times of everything the answers of a system depended on. */
export const stateDifference = z.object({
  system: z.string(),
  from: instant,
  to: instant,
  entries: z.array(
    z.object({
      part: z.enum([
        "release",
        "model",
        "dataset",
        "baseline",
        "pipeline",
        "feature",
        "field",
        "contract",
        "declaration",
      ]),
      what: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      changedAt: instant.nullable(),
    }),
  ),
  contractChanges: z
    .array(contractChange)
    .describe("From the contract that was declared then to the one declared now, breaking changes first"),
  predictions: z.object({
    before: stretch,
    after: stretch,
    shifts: z.array(
      z.object({
        key: z.string(),
        value: z.string(),
        kind: z.enum(["new", "gone", "share"]),
        shareBefore: z.number(),
        shareAfter: z.number(),
        first: instant.nullable(),
      }),
    ),
    notCompared: z
      .array(z.object({ key: z.string(), before: z.int(), after: z.int() }))
      .describe("Keys with too many values to list, e.g. seeds: how many, about"),
  }),
  changes: z.array(change).describe("Of the change log, where they concern what is upstream of the system"),
  changesElsewhere: z.int(),
});
export type StateDifference = z.infer<typeof stateDifference>;
