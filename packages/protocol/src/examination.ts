import { z } from "zod";
import { instant } from "./name.ts";
import { driftCell } from "./sensing.ts";

const window = z.object({ start: instant, end: instant });

export const examinationRequest = z.strictObject({
  what: z
    .enum(["replay", "separation"])
    .describe(
      "`replay`: logged inputs through the training pipeline, compared with what was served. `separation`: can a classifier tell the window's rows from the baseline's",
    ),
  window: instant.optional().describe("An instant inside the window; the newest evaluated window when absent"),
  rows: z.int().min(1).max(50_000).default(3_000).describe("Of a replay: how many rows at most"),
});
export type ExaminationRequest = z.infer<typeof examinationRequest>;

/** What a feature's replay concluded. */
export const replayConclusion = z.object({
  kind: z.enum(["match", "named", "unexplained", "too-few"]),
  cause: z
    .enum([
      "time-zone",
      "null-handling",
      "stale-feature",
      "scale",
      "rounding",
      "category-mapping",
      "library-version",
      "transformation",
      "wrong-column",
    ])
    .nullable()
    .describe("The kind of mismatch, where one rule explains it"),
  pattern: z.string().nullable().describe("The rule, e.g. `timezone_hours`"),
  share: z.number().nullable().describe("Share of the mismatched rows that the rule explains"),
  words: z.string().describe("One sentence"),
});

export const featureReplay = z.object({
  feature: z.string(),
  rows: z.int(),
  mismatched: z.int(),
  rate: z.number().nullable(),
  lower: z.number().nullable().describe("Exact 95 % limits (Clopper-Pearson)"),
  upper: z.number().nullable(),
  atMost: z.number().nullable().describe("What may be claimed with 95 % confidence"),
  conclusion: replayConclusion,
  examples: z.array(
    z.object({
      id: z.string(),
      served: z.union([z.string(), z.number()]).nullable(),
      recomputed: z.union([z.string(), z.number()]).nullable(),
    }),
  ),
});
export type FeatureReplay = z.infer<typeof featureReplay>;

/** One window replayed. */
export const skewReport = z.object({
  window,
  at: instant.describe("When it was replayed"),
  release: z.string(),
  pipeline: z.string(),
  rows: z.int().describe("Rows replayed"),
  withVector: z.int().describe("Rows of the window that tell the vector their release saw"),
  windowRows: z.int(),
  features: z.array(featureReplay),
  distribution: z
    .array(driftCell)
    .describe(
      "Served vectors against training, feature by feature: what is left where rows cannot be replayed. Blind to faults that shift rows against each other",
    ),
});
export type SkewReport = z.infer<typeof skewReport>;

/** How well a classifier told a window from the baseline. */
export const separationReport = z.object({
  window,
  at: instant,
  baseline: z.string(),
  rows: z.int(),
  baselineRows: z.int(),
  auc: z.number().describe("0.5: not at all; cross-fitted"),
  healthyAucs: z.array(z.number()).describe("The same of healthy windows of the baseline"),
  pValue: z.number(),
  givenAwayBy: z
    .array(z.object({ feature: z.string(), drop: z.number() }))
    .describe("How much of the area is lost when a feature is shuffled; largest first"),
});
export type SeparationReport = z.infer<typeof separationReport>;

export const probeRun = z.object({
  at: instant,
  release: z.string().nullable(),
  servedBy: z.enum(["release", "previous-release", "constant"]),
  repeats: z.int(),
  results: z.array(z.object({ probe: z.string(), answers: z.array(z.number()) })),
});
export type ProbeRun = z.infer<typeof probeRun>;

/** How much the answers to one probe differ over the runs shown, one release at a time. */
export const probeComparison = z.object({
  probe: z.string(),
  release: z.string().nullable(),
  runs: z.int(),
  answers: z.int(),
  least: z.number(),
  greatest: z.number(),
  mean: z.number(),
  spread: z.number().describe("Standard deviation of the answers"),
  differs: z.boolean().describe("Further apart than single precision explains"),
});

export const probeReport = z.object({
  declared: z.array(z.string()).describe("Names of the declared probes; empty: none are declared"),
  comparisons: z.array(probeComparison),
  runs: z.array(probeRun).describe("Newest first"),
});
export type ProbeReport = z.infer<typeof probeReport>;
