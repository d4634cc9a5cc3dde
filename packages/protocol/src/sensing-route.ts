import { z } from "zod";
import { labelReport, outcomeTotal } from "./label.ts";
import { instant } from "./name.ts";
import { list, type Route } from "./route-definition.ts";
import { driftCell, finding, performanceCell, windowSummary } from "./sensing.ts";

const range = z.object({
  from: instant.optional(),
  to: instant.optional(),
  segment: z.string().optional().describe("`origin=LAX`; all rows when absent; `*` for every segment"),
});

/** Addresses about windows and what was seen in them. */
export const sensingRoutes = {
  windows: {
    method: "GET",
    path: "/v1/systems/{system}/windows",
    scope: "read",
    summary: "Windows with row counts, label coverage and verdict",
    query: range,
    answer: list(windowSummary),
    status: 200,
  },
  drift: {
    method: "GET",
    path: "/v1/systems/{system}/drift",
    scope: "read",
    summary: "PSI of every feature, window by window",
    query: range,
    answer: list(driftCell),
    status: 200,
  },
  performance: {
    method: "GET",
    path: "/v1/systems/{system}/performance",
    scope: "read",
    summary: "Performance by segment, window by window",
    query: range,
    answer: list(performanceCell),
    status: 200,
  },
  labels: {
    method: "GET",
    path: "/v1/systems/{system}/labels",
    scope: "read",
    summary: "Label coverage by window, and how long labels take",
    query: range.extend({
      segment: z.string().optional().describe("`origin=LAX`; `origin` for each of its values; all rows when absent"),
      window: instant.optional().describe("Start of one window, in place of `from` and `to`"),
    }),
    answer: labelReport,
    status: 200,
  },
  outcomes: {
    method: "GET",
    path: "/v1/systems/{system}/outcomes",
    scope: "read",
    summary: "Business metrics and feedback by window",
    query: range.extend({
      segment: z.string().optional().describe("`origin=LAX`; `origin` for each of its values; all rows when absent"),
      window: instant.optional().describe("Start of one window, in place of `from` and `to`"),
    }),
    answer: list(outcomeTotal),
    status: 200,
  },
  findings: {
    method: "GET",
    path: "/v1/systems/{system}/findings",
    scope: "read",
    summary: "Findings, newest first",
    query: range,
    answer: list(finding),
    status: 200,
  },
} as const satisfies Record<string, Route>;
