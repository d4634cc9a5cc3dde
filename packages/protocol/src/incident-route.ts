import { z } from "zod";
import { incidentAct, incidentDetail, incidentSummary } from "./incident.ts";
import { list, type Route } from "./route-definition.ts";

/** Addresses about incidents. */
export const incidentRoutes = {
  incidents: {
    method: "GET",
    path: "/v1/incidents",
    scope: "read",
    summary: "Incidents, newest first",
    query: z.object({ system: z.string().optional(), state: z.enum(["open", "acknowledged", "resolved"]).optional() }),
    answer: list(incidentSummary),
    status: 200,
  },
  incident: {
    method: "GET",
    path: "/v1/incidents/{number}",
    scope: "read",
    summary: "One incident with its evidence",
    answer: incidentDetail,
    status: 200,
  },
  acknowledge: {
    method: "POST",
    path: "/v1/incidents/{number}/acknowledge",
    scope: "operate",
    summary: "I am looking at it",
    body: incidentAct,
    answer: incidentDetail,
    status: 200,
  },
  resolve: {
    method: "POST",
    path: "/v1/incidents/{number}/resolve",
    scope: "operate",
    summary: "It is over",
    body: incidentAct,
    answer: incidentDetail,
    status: 200,
  },
} as const satisfies Record<string, Route>;
