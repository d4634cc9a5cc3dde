import { z } from "zod";
import { estimateCell } from "./estimate.ts";
import { instant } from "./name.ts";
import { list, type Route } from "./route-definition.ts";

/** Addresses about performance that outcomes do not tell yet. */
export const estimateRoutes = {
  estimates: {
    method: "GET",
    path: "/v1/systems/{system}/estimates",
    scope: "read",
    summary: "Performance estimated while labels are late, with its record of being right",
    query: z.object({
      from: instant.optional(),
      to: instant.optional(),
      segment: z.string().optional().describe("`origin=LAX`; all rows when absent; `*` for every segment"),
    }),
    answer: list(estimateCell),
    status: 200,
  },
} as const satisfies Record<string, Route>;
