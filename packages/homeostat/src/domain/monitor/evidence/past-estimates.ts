import type { EstimatedMetric } from "../truth/estimated-performance.ts";

/** What was estimated of the windows before, by segment key, beside what turned out where outcomes have come since. */
export type PastEstimates = ReadonlyMap<string, readonly EstimatedMetric[]>;
