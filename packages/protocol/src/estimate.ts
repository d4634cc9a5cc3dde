import { z } from "zod";
import { estimate } from "./learning.ts";
import { instant } from "./name.ts";
import { metricName, segmentRef, verdictState } from "./sensing.ts";

/** Performance of a window as expected before its outcomes are there. */
export const estimateCell = z.object({
  window: instant,
  segment: segmentRef,
  metric: metricName.describe("What the task is judged by, or what a declared monitor asks about"),
  state: verdictState,
  reason: z.string().nullable().describe("Why nothing was tested; null when it was"),
  rows: z.int(),
  labelledRows: z.int(),
  unseenShare: z
    .number()
    .nullable()
    .describe("Share of rows whose kind of prediction the baseline never saw with an outcome"),
  metrics: z.array(
    z.object({
      name: metricName,
      estimated: estimate,
      baseline: z.number().nullable(),
      realised: z.number().nullable().describe("What the outcomes said later; null until enough of them are there"),
      held: z.boolean().nullable().describe("Whether the estimate's interval held what the outcomes said"),
    }),
  ),
  corrected: z
    .object({
      name: metricName,
      value: estimate,
      labels: z.int(),
      bias: z.number().describe("How much higher the labelled rows were estimated than they turned out"),
      biasPValue: z.number().describe("Small: outcomes do not follow predictions as in the baseline"),
      randomPValue: z.number().describe("Small: the labelled rows are no random part of the window"),
    })
    .nullable()
    .describe("The estimate set right by the outcomes that are there (prediction-powered), from 100 of them on"),
  record: z
    .object({
      metric: metricName,
      windows: z.int().describe("Past windows whose outcomes have come since, of the last 28"),
      covered: z.int().describe("Of these, how many intervals held the truth; 19 in 20 are claimed"),
      meanMiss: z.number().nullable(),
      meanBias: z.number().nullable().describe("Above 0: the estimates were too high"),
      standing: z.enum(["too-few", "trusted", "narrow", "do-not-trust"]),
    })
    .nullable(),
  assumption: z.string(),
});
export type EstimateCell = z.infer<typeof estimateCell>;
