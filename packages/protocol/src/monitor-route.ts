import { z } from "zod";
import { coverageMap, monitorDetail, monitorList, monitorTrial, trialReport } from "./monitor.ts";
import { instant } from "./name.ts";
import type { Route } from "./route-definition.ts";

/** Addresses about who watches a system. */
export const monitorRoutes = {
  monitors: {
    method: "GET",
    path: "/v1/systems/{system}/monitors",
    scope: "read",
    summary: "Every monitor of a system with its settings, its verdict on the newest window, and the alarm budget",
    answer: monitorList,
    status: 200,
  },
  monitor: {
    method: "GET",
    path: "/v1/systems/{system}/monitors/{monitor}",
    scope: "read",
    summary: "What one monitor says of every series, window by window",
    query: z.object({
      from: instant.optional().describe("The newest evaluated window alone without `from` and `to`"),
      to: instant.optional(),
      segment: z.string().optional().describe("`origin=LAX`; `all` for all rows; every segment when absent"),
    }),
    answer: monitorDetail,
    status: 200,
  },
  tryMonitors: {
    method: "POST",
    path: "/v1/systems/{system}/monitors/try",
    scope: "read",
    summary: "When monitors would have fired on the stored history; nothing is kept",
    body: monitorTrial,
    answer: trialReport,
    status: 200,
  },
  coverage: {
    method: "GET",
    path: "/v1/systems/{system}/coverage",
    scope: "read",
    summary: "The coverage map: every failure mode with what watches it, since when, or why nothing does",
    answer: coverageMap,
    status: 200,
  },
} as const satisfies Record<string, Route>;
