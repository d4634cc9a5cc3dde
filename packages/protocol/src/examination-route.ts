import { z } from "zod";
import { examinationRequest, probeReport, separationReport, skewReport } from "./examination.ts";
import { job } from "./learning.ts";
import { instant } from "./name.ts";
import { list, type Route } from "./route-definition.ts";

const ofWindows = z.object({
  window: instant.optional().describe("An instant inside one window, in place of `from` and `to`"),
  from: instant.optional(),
  to: instant.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(30).describe("At most so many windows, newest first"),
});

/** Addresses about closer looks at windows, and about probes. */
export const examinationRoutes = {
  skew: {
    method: "GET",
    path: "/v1/systems/{system}/skew",
    scope: "read",
    summary: "Training-serving skew: windows replayed through the training pipeline, feature by feature",
    query: ofWindows,
    answer: list(skewReport),
    status: 200,
  },
  separations: {
    method: "GET",
    path: "/v1/systems/{system}/separations",
    scope: "read",
    summary: "Multivariate drift: how well a classifier tells windows from the baseline",
    query: ofWindows,
    answer: list(separationReport),
    status: 200,
  },
  examine: {
    method: "POST",
    path: "/v1/systems/{system}/examinations",
    scope: "operate",
    summary: "Look closer at a window: replay its rows, or tell them from the baseline's",
    body: examinationRequest,
    answer: job,
    status: 202,
  },
  probes: {
    method: "GET",
    path: "/v1/systems/{system}/probes",
    scope: "read",
    summary: "Runs of the declared probes and how much their answers differ",
    query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(50) }),
    answer: probeReport,
    status: 200,
  },
  runProbes: {
    method: "POST",
    path: "/v1/systems/{system}/probes",
    scope: "operate",
    summary: "Send the declared probes through the gateway now",
    answer: job,
    status: 202,
  },
} as const satisfies Record<string, Route>;
