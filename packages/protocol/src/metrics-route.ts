import { z } from "zod";
import type { Route } from "./route-definition.ts";

/** Addresses for machines that watch the server. */
export const metricsRoutes = {
  metrics: {
    method: "GET",
    path: "/metrics",
    scope: "read",
    summary: "Metrics for Prometheus; OpenMetrics where the Accept header prefers it",
    download: ["text/plain", "application/openmetrics-text"],
    answer: z.null(),
    status: 200,
  },
} as const satisfies Record<string, Route>;
