import { z } from "zod";
import { lineageGraph, lineageLink, lineageNames, lineageQuery } from "./lineage.ts";
import type { Route } from "./route-definition.ts";

/** Addresses about what is made from what. */
export const lineageRoutes = {
  lineage: {
    method: "GET",
    path: "/v1/lineage",
    scope: "read",
    summary: "What a component is made from and what is made from it",
    query: lineageQuery,
    answer: lineageGraph,
    status: 200,
  },
  lineageNodes: {
    method: "GET",
    path: "/v1/lineage/nodes",
    scope: "read",
    summary: "Names of components that hold a text, at most 100",
    query: z.object({ text: z.string().max(500).default("") }),
    answer: lineageNames,
    status: 200,
  },
  linkLineage: {
    method: "POST",
    path: "/v1/lineage/edges",
    scope: "operate",
    summary: "Say by hand that a component is made from another",
    body: lineageLink,
    answer: lineageGraph,
    status: 201,
  },
  unlinkLineage: {
    method: "DELETE",
    path: "/v1/lineage/edges",
    scope: "operate",
    summary: "Say that it is so no more; what held before can still be asked",
    query: lineageLink.pick({ from: true, to: true }),
    answer: lineageGraph,
    status: 200,
  },
} as const satisfies Record<string, Route>;
