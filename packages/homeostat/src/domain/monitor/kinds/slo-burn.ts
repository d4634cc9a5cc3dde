import type { MonitorDefinition } from "../monitor.ts";

/**
 * Error budgets of declared objectives that burn (R23). Objectives have their own windows and are no test against a
 * baseline: nothing is asked of profiles here. `burnFindings` makes the findings and names their owner.
 */
export const sloBurn: MonitorDefinition = {
  kind: "slo-burn",
  layer: "outcome",
  area: "production-performance",
  defaults: { severity: "critical", metrics: {} },
  covers: ["objective-missed"],
  needs: [],
  rule: (metric) => `the budget of ${metric} burns`,
  sentence: (key) => `the budget of ${key.metric} burns`,
  ask: () => [],
};
