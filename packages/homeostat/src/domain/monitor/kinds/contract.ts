import type { MonitorDefinition } from "../monitor.ts";

/**
 * Promises of the source (R1 to R5). What it finds are facts counted on the rows themselves, not tests against a baseline:
 * nothing is asked of profiles here. `contractFindings` makes the findings.
 */
export const contract: MonitorDefinition = {
  kind: "contract",
  layer: "pipeline",
  area: "upstream-data",
  defaults: { severity: "critical", metrics: {} },
  covers: ["broken-contract", "late-data", "slow-processing"],
  needs: [],
  rule: (metric) => `the rule ${metric} of the source's contract does not hold`,
  sentence: (key) => `the contract's rule ${key.metric} does not hold`,
  ask: () => [],
};
