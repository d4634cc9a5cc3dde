import { z } from "zod";
import { actionRun, actionState, servingHold } from "./action.ts";
import { list, type Route } from "./route-definition.ts";

/** Addresses about what is done by rule. */
export const actionRoutes = {
  actions: {
    method: "GET",
    path: "/v1/actions",
    scope: "read",
    summary: "What was done about incidents by rule, what waits for approval, what was refused; newest incident first",
    query: z.object({
      system: z.string().optional(),
      incident: z.coerce.number().int().min(1).optional(),
      state: actionState.optional(),
    }),
    answer: list(actionRun),
    status: 200,
  },
  approveAction: {
    method: "POST",
    path: "/v1/incidents/{number}/actions/{action}/approve",
    scope: "operate",
    summary: "Do what waits, if it still can be done",
    answer: actionRun,
    status: 200,
  },
  rejectAction: {
    method: "POST",
    path: "/v1/incidents/{number}/actions/{action}/reject",
    scope: "operate",
    summary: "Do not do what waits",
    answer: actionRun,
    status: 200,
  },
  holds: {
    method: "GET",
    path: "/v1/systems/{system}/holds",
    scope: "read",
    summary: "What keeps the live release from answering as usual",
    answer: list(servingHold),
    status: 200,
  },
  liftHolds: {
    method: "POST",
    path: "/v1/systems/{system}/holds/lift",
    scope: "operate",
    summary: "Let the live release answer as usual again; answers what was lifted",
    body: z.strictObject({ incident: z.int().min(1).optional().describe("Only those of one incident") }),
    answer: list(servingHold),
    status: 200,
  },
} as const satisfies Record<string, Route>;
