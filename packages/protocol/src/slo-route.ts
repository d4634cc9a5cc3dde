import { z } from "zod";
import { instant } from "./name.ts";
import { list, type Route } from "./route-definition.ts";
import { sloDetail, sloSummary } from "./slo.ts";

const at = z.object({ at: instant.optional().describe("As it was known to stand at this instant; now when absent") });

/** Addresses about service level objectives. */
export const sloRoutes = {
  slos: {
    method: "GET",
    path: "/v1/systems/{system}/slos",
    scope: "read",
    summary: "Objectives of a system with budget and burn rates",
    query: at,
    answer: list(sloSummary),
    status: 200,
  },
  slo: {
    method: "GET",
    path: "/v1/systems/{system}/slos/{slo}",
    scope: "read",
    summary: "One objective, with its budget over time",
    query: at,
    answer: sloDetail,
    status: 200,
  },
} as const satisfies Record<string, Route>;
