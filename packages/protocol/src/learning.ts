import { z } from "zod";
import { datasetName } from "./dataset.ts";
import { instant } from "./name.ts";

export const trainRequest = z.strictObject({
  dataset: datasetName,
  timeColumn: z.string().describe("The contract field that orders the rows in time"),
  holdoutFrom: instant.describe("Rows from here on are held out in time: never trained on, used to measure"),
  maxTrainingRows: z
    .int()
    .min(1_000)
    .max(5_000_000)
    .default(100_000)
    .describe("A hash sample of the rows before the hold-out; the rest are never trained on and serve the baseline"),
});
export type TrainRequest = z.infer<typeof trainRequest>;

/** An estimate with a 95 % interval. */
export const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const model = z.object({
  version: z.string(),
  system: z.string(),
  pipeline: z.string(),
  dataset: z.string(),
  trainer: z.string(),
  trainedRows: z.int(),
  heldOutRows: z.int(),
  trainingMs: z.number(),
  heldOut: z
    .object({
      auc: estimate,
      accuracy: estimate,
      logLoss: estimate,
      brier: estimate,
      positiveShare: estimate,
      calibrationError: z.number(),
    })
    .describe("Measured on the part held out in time"),
  createdAt: instant,
});
export type Model = z.infer<typeof model>;

export const job = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(["waiting", "running", "done", "failed"]),
  step: z.string().nullable().describe("What it is doing now"),
  progress: z.number().min(0).max(1).nullable(),
  result: z.unknown().optional(),
  error: z.string().nullable(),
});
export type Job = z.infer<typeof job>;

export const releaseRequest = z.strictObject({ model: z.string(), note: z.string().max(1_000).optional() });

export const release = z.object({
  id: z.string(),
  system: z.string(),
  number: z.int().describe("1, 2, 3 … within the system"),
  stage: z.enum(["draft", "live", "retired"]),
  model: z.string().nullable().describe("null for a monitor-only system"),
  pipeline: z.string(),
  baseline: z.string().nullable(),
  createdAt: instant,
  liveSince: instant.nullable(),
  retiredAt: instant.nullable(),
});
export type Release = z.infer<typeof release>;

/** A baseline from rows already received (monitor-only systems). */
export const baselineRequest = z.strictObject({
  release: z.string().min(1).max(100).describe("The release id that the sender of predictions uses"),
  from: instant,
  to: instant,
});
export type BaselineRequest = z.infer<typeof baselineRequest>;
