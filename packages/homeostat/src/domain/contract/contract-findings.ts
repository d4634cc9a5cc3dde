import type { Finding } from "../finding/finding.ts";
import { secondMs } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { ContractWindow } from "./contract-window.ts";
import type { RuleResult } from "./judge-rules.ts";

const percent = (share: number): string => `${(100 * share).toPrecision(share >= 0.1 ? 3 : 2)} %`;

function sentenceOf(result: RuleResult): string {
  const counted =
    result.share === undefined
      ? `measured ${Math.round(result.counted ?? 0).toLocaleString("en-US")}`
      : `${(result.counted ?? 0).toLocaleString("en-US")} of ${result.rows.toLocaleString("en-US")} rows (${percent(result.share)})`;
  const values = result.values.slice(0, 3).map(({ value }) => value);
  const shown = values.length === 0 ? "" : `; found ${values.join(", ")}`;
  return `the source breaks its promise "${result.words}": ${counted}${shown}`;
}

/**
 * Broken promises of one window as findings. They are facts: no chance is weighed and no window waited for. Rules of
 * severity info are shown with the source and are no findings. `digest` makes a finding's identity. Pure.
 */
export function contractFindings(
  system: System,
  checked: ContractWindow,
  digest: (text: string) => string,
): readonly Finding[] {
  return checked.results.flatMap((result): Finding[] => {
    if (result.state !== "failed" || result.grade === "none" || result.grade === "info") return [];
    return [
      findingOf(system, checked, digest, {
        metric: result.rule,
        feature: result.field,
        value: result.share ?? result.counted ?? 0,
        effect: result.share ?? 1,
        threshold: 0,
        rows: result.rows,
        severity: result.grade,
        rule: result.words,
        sentence: sentenceOf(result),
        values: result.values,
        baselineValue: undefined,
      }),
    ];
  });
}

type Told = Pick<
  Finding,
  | "metric"
  | "feature"
  | "value"
  | "effect"
  | "threshold"
  | "rows"
  | "severity"
  | "rule"
  | "sentence"
  | "values"
  | "baselineValue"
>;

function findingOf(system: System, checked: ContractWindow, digest: (text: string) => string, told: Told): Finding {
  return {
    ...told,
    id: digest([system.name, "contract", String(checked.window.start), told.metric].join("|")),
    system: system.name,
    release: undefined,
    monitor: "contract",
    monitorName: "contract",
    owner: system.owners["upstream-data"],
    runbook: undefined,
    layer: "pipeline",
    window: checked.window,
    segment: undefined,
    variant: `contract/${checked.contractVersion}`,
    expectedByChance: undefined,
    pValue: 0,
    adjustedPValue: undefined,
    lowerBound: undefined,
    overdispersion: undefined,
    baselineRows: 0,
    withdrawnAt: undefined,
  };
}

const leastWindows = 5;
const spikeTimes = 5;
const leastSpikeMs = 10 * secondMs;

/**
 * Rows that took much longer to be stored than in the windows before, while nothing was deployed (R5): a warning. It needs
 * five windows to know what is usual.
 */
export function processingSpike(
  system: System,
  checked: ContractWindow,
  before: readonly ContractWindow[],
  wasDeployed: boolean,
  digest: (text: string) => string,
): readonly Finding[] {
  const now = checked.health.processingMs;
  const usual = before.flatMap(({ health }) => (health.processingMs === undefined ? [] : [health.processingMs]));
  const median = [...usual].sort((left, right) => left - right)[Math.floor(usual.length / 2)];
  if (now === undefined || median === undefined || usual.length < leastWindows || wasDeployed) return [];
  const threshold = Math.max(leastSpikeMs, spikeTimes * median);
  if (now <= threshold) return [];
  return [
    findingOf(system, checked, digest, {
      metric: "processing-time",
      feature: undefined,
      value: now,
      baselineValue: median,
      effect: now / Math.max(1, median),
      threshold,
      rows: checked.health.rows,
      severity: "warning",
      rule: `95 % of the rows are stored within ${Math.round(threshold)} ms of their receipt, ${spikeTimes} times what the windows before needed and at least ${leastSpikeMs} ms`,
      sentence: `95 % of the rows needed up to ${Math.round(now)} ms from receipt to store, where ${Math.round(median)} ms is usual, and nothing was deployed`,
      values: [],
    }),
  ];
}
