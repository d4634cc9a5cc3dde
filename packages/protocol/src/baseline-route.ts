import { baselineDetail } from "./baseline.ts";
import type { Route } from "./route-definition.ts";

/** Addresses about what is normal. */
export const baselineRoutes = {
  baseline: {
    method: "GET",
    path: "/v1/systems/{system}/baselines/{baseline}",
    scope: "read",
    summary: "What a baseline froze; `live` for the one windows are held against, or the id of a baseline or a release",
    answer: baselineDetail,
    status: 200,
  },
} as const satisfies Record<string, Route>;
