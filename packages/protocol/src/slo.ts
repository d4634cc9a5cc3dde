import { z } from "zod";
import { fieldName, instant, resourceName } from "./name.ts";
import { segmentRef } from "./sensing.ts";

/** OpenSLO durations: `5m`, `1h`, `28d`, `4w`, `1M`, `1Q`, `1Y`. */
const shorthand = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhdwMQY]$/, "must be a duration such as 5m, 1h, 28d, 4w, 1M, 1Q or 1Y");

const text = z.string().min(1).max(500);
const segment = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}=.+$/s, "must be a declared segment and one of its values, e.g. origin=LAX")
  .max(300)
  .optional()
  .describe("Only rows of this value of a declared segment");

const metadata = z.strictObject({
  name: resourceName,
  displayName: text.optional(),
  labels: z.record(z.string().min(1).max(63), text).optional(),
  annotations: z
    .record(z.string().min(1).max(253), z.string().max(2_000))
    .optional()
    .describe("`homeostat.io/runbook`: what to do when the budget burns; others are shown"),
});

/** What is measured, in our words: `metricSource.spec` of type `homeostat`. */
const source = <M extends z.ZodRawShape>(metric: M) =>
  z.strictObject({ metricSource: z.strictObject({ type: z.literal("homeostat"), spec: z.strictObject(metric) }) });

const part = source({
  metric: z.enum(["predictions", "answered", "undegraded", "failed", "degraded", "labelled", "correct", "wrong"]),
  tolerance: z.number().gt(0).optional().describe("Of a regression: a prediction so near the label is correct"),
  segment,
});

const ratioMetric = z
  .strictObject({ counter: z.literal(true), good: part.optional(), bad: part.optional(), total: part })
  .describe(
    "Good (or bad) of total: `answered`, `undegraded`, `failed` or `degraded` of `predictions`; `correct` or `wrong` of `labelled`",
  );

const thresholdMetric = source({
  metric: z.enum(["latency", "freshness", "drift", "business"]),
  feature: fieldName.optional().describe("Of `drift`: one feature; the greatest of all when absent"),
  outcome: z.string().min(1).max(100).optional().describe("Of `business`: the name of the outcome"),
  unit: z.string().min(1).max(50).optional().describe("Of `business`: its unit"),
  segment,
}).describe(
  "`latency` in milliseconds, `freshness` in seconds, `drift` as debiased PSI of a window, `business` in its unit; `op` and `value` of the objective say what is good",
);

const sliSpec = z.strictObject({
  description: z.string().max(1_050).optional(),
  ratioMetric: ratioMetric.optional(),
  thresholdMetric: thresholdMetric.optional(),
});

/** `kind: SLI`: an indicator that several objectives name. */
export const sliDeclaration = z.strictObject({
  apiVersion: z.literal("openslo/v1"),
  kind: z.literal("SLI"),
  metadata,
  spec: sliSpec,
});
export type SliDeclaration = z.infer<typeof sliDeclaration>;

/** `kind: SLO`: a service level objective of a system (OpenSLO v1). */
export const sloDeclaration = z.strictObject({
  apiVersion: z.literal("openslo/v1"),
  kind: z.literal("SLO"),
  metadata,
  spec: z.strictObject({
    description: z.string().max(1_050).optional(),
    service: resourceName.describe("The system"),
    indicator: z.strictObject({ metadata: metadata.optional(), spec: sliSpec }).optional(),
    indicatorRef: resourceName.optional().describe("Name of an SLI of the same files"),
    timeWindow: z
      .array(
        z.strictObject({
          duration: shorthand,
          isRolling: z.boolean().optional(),
          calendar: z
            .strictObject({
              startTime: z
                .string()
                .regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, "must be a local time, e.g. 2026-01-01 00:00:00"),
              timeZone: z.string().min(1).max(100).describe("IANA name, e.g. Europe/Zurich"),
            })
            .optional(),
        }),
      )
      .length(1),
    budgetingMethod: z.enum(["Occurrences", "Timeslices"]),
    objectives: z
      .array(
        z.strictObject({
          displayName: text.optional(),
          op: z.enum(["lte", "gte", "lt", "gt"]).optional(),
          value: z.number().optional(),
          target: z.number().gt(0).lt(1).optional(),
          targetPercent: z.number().gt(0).lt(100).optional(),
          timeSliceTarget: z.number().gt(0).max(1).optional(),
          timeSliceWindow: shorthand.optional(),
        }),
      )
      .length(1)
      .describe("Exactly one: a second objective is a second SLO"),
  }),
});
export type SloDeclaration = z.infer<typeof sloDeclaration>;

export const sloState = z.enum(["met", "at-risk", "burning", "exhausted", "frozen", "no-data"]);

const burn = z.object({
  severity: z.enum(["warning", "critical"]).describe("`critical` pages, `warning` is shown"),
  longMs: z.int(),
  shortMs: z.int(),
  factor: z.number().describe("Fires when both windows burn so many times as fast as allowed"),
  long: z.number().nullable().describe("Burn rate; null when no event is known"),
  short: z.number().nullable(),
  active: z.boolean(),
});

export const sloSummary = z.object({
  name: z.string(),
  displayName: z.string().nullable(),
  description: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  indicator: z.enum(["availability", "latency", "accuracy", "business", "freshness", "drift"]),
  words: z.string().describe("What is good, in words"),
  segment: segmentRef,
  owner: z.string(),
  target: z.number(),
  window: z.object({
    kind: z.enum(["rolling", "calendar"]),
    start: instant,
    end: instant,
    lengthMs: z.int().describe("Nominal length"),
  }),
  budgeting: z.enum(["occurrences", "timeslices"]),
  state: sloState,
  reason: z.string().nullable().describe("Why it is frozen or has no data"),
  measuredTo: instant.describe("Everything before is known; the state is of this instant"),
  good: z.int(),
  bad: z.int(),
  waiting: z.int().describe("Events whose outcome is not known yet"),
  value: z.number().nullable().describe("Share of good events; null without any"),
  budgetLeft: z.number().nullable().describe("1 is the whole budget, below 0 it is overdrawn; null without events"),
  burns: z.array(burn),
  exhaustedAt: instant.nullable().describe("When the budget is spent, at the rate of the longest burn window"),
});
export type SloSummary = z.infer<typeof sloSummary>;

export const sloDetail = sloSummary.extend({
  series: z.array(z.object({ at: instant, budgetLeft: z.number() })).describe("What was left of the budget"),
  episodes: z
    .array(
      z.object({
        severity: z.enum(["warning", "critical"]),
        start: instant,
        last: instant,
        active: z.boolean(),
        rate: z.number(),
        bad: z.int(),
        events: z.int(),
      }),
    )
    .describe("When the budget burned, of the last seven days"),
});
export type SloDetail = z.infer<typeof sloDetail>;
