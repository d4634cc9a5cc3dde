import { z } from "zod";
import { estimate } from "./learning.ts";
import { instant } from "./name.ts";
import { segmentRef } from "./sensing.ts";

const bin = z.object({
  below: z
    .number()
    .nullable()
    .describe("Upper end of a bin of numbers, exclusive; null: a value, or the open last bin"),
  value: z
    .string()
    .nullable()
    .describe("A category; `(other)`: values kept apart from the bins, rarer and missing ones"),
  rows: z.int(),
});

/** The frozen picture of normal of a release. */
export const baselineDetail = z.object({
  id: z.string(),
  release: z.string(),
  createdAt: instant,
  live: z.boolean().describe("Whether windows are held against it now"),
  rows: z.int(),
  scoredRows: z.int().describe("Rows never trained on: scores and performance are of them"),
  windows: z.object({
    count: z.int(),
    empty: z.int().describe("Without a row: how often nothing comes is part of what is normal"),
    from: instant,
    to: instant,
    seasons: z.record(z.string(), z.int()).describe("Windows of each season"),
  }),
  features: z.array(
    z.object({
      name: z.string(),
      nullShare: z.number(),
      percentiles: z
        .object({
          p1: z.number(),
          p5: z.number(),
          p25: z.number(),
          p50: z.number(),
          p75: z.number(),
          p95: z.number(),
          p99: z.number(),
        })
        .nullable()
        .describe("null for a category"),
      histogram: z.array(bin),
    }),
  ),
  predictions: z.object({ kind: z.enum(["probability", "value", "class"]), histogram: z.array(bin) }),
  segments: z.array(z.object({ segment: segmentRef, rows: z.int(), metric: z.string(), value: estimate.nullable() })),
  latency: z
    .object({ rows: z.int(), p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number() })
    .nullable()
    .describe("null: the reference rows were not served, or did not tell how long they took"),
});
export type BaselineDetail = z.infer<typeof baselineDetail>;
