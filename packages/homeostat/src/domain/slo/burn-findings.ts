import type { Finding, Layer } from "../finding/finding.ts";
import { percent, wholeNumber } from "../monitor/wording.ts";
import type { System } from "../system/system.ts";
import { windowOf } from "../window/window.ts";
import { nominalMs } from "./budget-window.ts";
import type { BurnEpisode } from "./burn-episodes.ts";
import { durationWords } from "./duration-words.ts";
import type { SloStatus } from "./evaluate-slo.ts";
import type { Sli, Slo } from "./slo.ts";
import { areaOf } from "./slo-area.ts";

const layers: Readonly<Record<Sli["kind"], Layer>> = {
  availability: "infrastructure",
  latency: "infrastructure",
  freshness: "pipeline",
  drift: "model",
  accuracy: "outcome",
  business: "outcome",
};

/**
 * Every stretch in which a budget burned, as a finding that its owner is paged with (paging pairs) or shown (the warning
 * pair). `digest` makes a finding's identity of objective, pair and beginning. Pure.
 */
export function burnFindings(
  system: System,
  slo: Slo,
  status: SloStatus,
  digest: (text: string) => string,
): readonly Finding[] {
  return status.episodes.map((episode) => {
    const { pair, burn, start, pValue } = episode;
    const rows = burn.good + burn.bad;
    return {
      id: digest([system.name, "slo", slo.name, pair.severity, String(pair.longMs), String(start)].join("|")),
      system: system.name,
      release: undefined,
      monitor: "slo-burn",
      monitorName: "slo-burn",
      owner: system.owners[areaOf(slo.sli)],
      runbook: slo.annotations["homeostat.io/runbook"],
      layer: layers[slo.sli.kind],
      window: windowOf(start - 1, system.windows.lengthMs),
      segment: "segment" in slo.sli ? slo.sli.segment : undefined,
      feature: slo.sli.kind === "drift" ? slo.sli.feature : undefined,
      metric: slo.name,
      variant: `slo-burn/${slo.sli.kind}`,
      value: burn.rate,
      baselineValue: 1,
      effect: burn.rate,
      threshold: pair.factor,
      expectedByChance: 1,
      pValue,
      adjustedPValue: undefined,
      lowerBound: undefined,
      overdispersion: undefined,
      rows,
      baselineRows: 0,
      severity: pair.severity,
      rule: `the budget of ${slo.name} burned at least ${Number(pair.factor.toPrecision(3))} times as fast as allowed, in ${durationWords(pair.longMs)} and in the last ${durationWords(pair.shortMs)} of them`,
      sentence: sentenceOf(slo, episode),
      values: [],
      withdrawnAt: undefined,
    } satisfies Finding;
  });
}

function sentenceOf(slo: Slo, { pair, burn }: BurnEpisode): string {
  const rows = burn.good + burn.bad;
  const lasts = nominalMs(slo.window) / burn.rate;
  return `${slo.displayName ?? slo.name}: ${wholeNumber(burn.bad)} of ${wholeNumber(rows)} (${percent(burn.bad / rows)}) were bad in ${durationWords(pair.longMs)}, where ${percent(1 - slo.target)} are allowed: a whole budget would last ${durationWords(lasts)} instead of ${durationWords(nominalMs(slo.window))}`;
}
