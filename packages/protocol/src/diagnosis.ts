import { z } from "zod";
import { change } from "./event.ts";
import { instant } from "./name.ts";
import { driftCell, performanceCell, segmentRef } from "./sensing.ts";

const condition = z.object({
  kind: z.enum(["segment", "feature", "channel", "time"]),
  name: z.string(),
  values: z.array(z.string()).describe("Of a feature: bins of the baseline"),
  words: z.string(),
});

export const sliceEvidence = z.object({
  segment: segmentRef,
  values: z.array(z.string()).describe("Segment values that belong to the slice"),
  words: z.string().describe("`origin=LAX and hour (UTC) in 6 to 8`, `all rows`"),
  losses: z
    .object({
      slice: z.number().nullable(),
      sliceBaseline: z.number().nullable(),
      global: z.number().nullable(),
      globalBaseline: z.number().nullable(),
    })
    .nullable()
    .describe("Share of wrong decisions or classes, or mean absolute error, of labelled rows"),
  rows: z.int(),
  share: z.number(),
  auc: z.number().nullable(),
  baselineAuc: z.number().nullable(),
  globalAuc: z.number().nullable(),
  globalBaselineAuc: z.number().nullable(),
  globalPsi: z.number().nullable().describe("The same feature over all rows"),
  slicePsi: z.number().nullable(),
});

const rankedSlice = z.object({ words: z.string(), conditions: z.array(condition), how: z.string() });

const foundSlice = z.object({
  words: z.string(),
  conditions: z.array(condition),
  measure: z.enum(["loss", "moved"]).describe("What grew: the loss, or the share of values that became more frequent"),
  feature: z.string().nullable().describe("Of `moved`: the feature"),
  rows: z.int(),
  baselineRows: z.int(),
  value: z.number().describe("On the half of the rows that took no part in finding it"),
  baselineValue: z.number(),
  excess: z.number(),
  excessLower: z.number(),
  excessUpper: z.number(),
  pValue: z.number(),
  extent: z.enum(["slice", "everyone", "unclear"]),
});

const weakSlice = z.object({
  words: z.string(),
  conditions: z.array(condition),
  rows: z.int().describe("On the half of the rows that slices are looked for in"),
  value: z.number(),
  baselineValue: z.number().nullable(),
  score: z.number(),
});

const sentQuery = z.object({ sql: z.string(), parameters: z.record(z.string(), z.unknown()) });

const fixCheck = z.union([
  z.object({
    kind: z.literal("scored"),
    rows: z.int(),
    labelled: z.int(),
    agreement: z.number(),
    loss: z.number().nullable(),
    fixedLoss: z.number().nullable(),
    scorePsi: z.number().nullable(),
    fixedScorePsi: z.number().nullable(),
    verdict: z.enum(["better", "no-worse", "worse", "undecided", "nearer", "no-nearer"]),
  }),
  z.object({ kind: z.literal("not-checked"), reason: z.string() }),
]);

export const fixOption = z.object({
  action: z.enum(["roll-back", "exclude-feature", "repair-feature", "fall-back", "retrain", "undo-change"]),
  words: z.string(),
  check: fixCheck,
});

export const diagnosisStep = z.object({
  step: z.int().min(1).max(7),
  title: z.string(),
  status: z.enum(["done", "not-enough-data", "waiting-for-labels", "not-checked"]),
  verdict: z.string(),
  tookMs: z.number(),
  evidence: z
    .array(
      z.object({ name: z.string(), value: z.union([z.number(), z.string()]).nullable(), usual: z.number().nullable() }),
    )
    .describe("The numbers that the verdict rests on, and what they are compared with"),
  queries: z.array(sentQuery).describe("The statements that were asked, to be asked again"),
});

export const suspect = z.object({
  change: change.nullable().describe("null: none of the logged changes"),
  posterior: z.number(),
  why: z.array(z.string()),
});

export const diagnosis = z.object({
  completedAt: instant,
  tookMs: z.number(),
  sentence: z.string(),
  steps: z.array(diagnosisStep),
  slice: sliceEvidence.nullable(),
  slices: z.array(rankedSlice).describe("Where the trouble is, the likeliest first"),
  foundSlices: z
    .array(foundSlice)
    .describe("Conjunctions that got worse, found on one half and confirmed on the other"),
  weakSlices: z.array(weakSlice).describe("Bad now and as bad before"),
  onset: instant.nullable().describe("The likeliest hour at which it began"),
  fix: z.array(fixOption).describe("What would end the harm, the most promising first"),
  features: z.array(driftCell).describe("Every feature on the slice, most moved first"),
  performance: z.array(performanceCell).describe("Slice and global, window by window"),
  suspects: z.array(suspect),
  namedCause: suspect.nullable().describe("Only when its posterior earns it"),
});
export type Diagnosis = z.infer<typeof diagnosis>;

/** A step with its statements asked again now. */
export const stepRepeat = z.object({
  step: diagnosisStep,
  answers: z.array(
    z.object({
      rows: z.array(z.record(z.string(), z.unknown())),
      more: z.boolean().describe("Whether there are more rows than are shown"),
    }),
  ),
});
export type StepRepeat = z.infer<typeof stepRepeat>;
