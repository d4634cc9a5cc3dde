import { z } from "zod";
import { estimate } from "./learning.ts";
import { instant } from "./name.ts";
import { segmentRef } from "./sensing.ts";

/** By when a share of the predictions has its label, in milliseconds. */
export const lagQuantile = z.object({
  state: z.enum(["reached", "not-reached", "no-rows"]),
  byMs: z.number().nullable().describe("End of the age bin; null when the share has not been reached"),
  lowMs: z.number().nullable().describe("95 % interval; null when the limits of the curve do not come so far"),
  highMs: z.number().nullable(),
});
export type LagQuantile = z.infer<typeof lagQuantile>;

/** How long labels take: the share of predictions still without one, by age. */
export const labelLag = z.object({
  segment: segmentRef,
  clock: z
    .enum(["outcome-time", "received-time"])
    .describe("`outcome-time`: from event time to the label's time. `received-time`: from arrival to arrival"),
  rows: z.int(),
  labelled: z.int().describe("Rows whose label is known within what the clock has come to"),
  median: lagQuantile,
  p90: lagQuantile,
  curve: z.array(
    z.object({
      ageMs: z.number(),
      waiting: z.number().describe("Share still without a label at this age"),
      low: z.number(),
      high: z.number(),
      atRisk: z.int().describe("Rows that reached the age bin without a label"),
    }),
  ),
});
export type LabelLag = z.infer<typeof labelLag>;

export const labelCoverage = z.object({
  window: instant,
  segment: segmentRef,
  rows: z.int(),
  labelled: z.int(),
  share: z.number().nullable().describe("null when there are no rows"),
  knownBefore: z.int().describe("Labels whose time lies before the prediction's: no forecast was needed"),
  restatements: z.int().describe("How often the window was judged again, after late rows or labels"),
});
export type LabelCoverage = z.infer<typeof labelCoverage>;

export const labelReport = z.object({
  watermark: instant.nullable().describe("How far event time has come; null before the first prediction"),
  coverage: z.array(labelCoverage).describe("Oldest window first"),
  lags: z.array(labelLag).describe("Over all windows asked for"),
});
export type LabelReport = z.infer<typeof labelReport>;

/** What a business metric or a question to users amounts to in one window and segment. */
export const outcomeTotal = z.object({
  window: instant,
  segment: segmentRef,
  kind: z.enum(["business", "feedback"]),
  name: z.string(),
  unit: z.string().describe("Of a business metric; otherwise empty"),
  count: z.int(),
  sum: z.number().nullable().describe("null where no answer is a number"),
  mean: estimate.nullable().describe("With its 95 % interval; null with fewer than two numbers"),
  values: z
    .array(z.object({ value: z.string(), count: z.int() }))
    .describe("Of answers that are no numbers: the twenty most frequent"),
});
export type OutcomeTotal = z.infer<typeof outcomeTotal>;
