import type {
  DriftCell,
  Finding,
  PerformanceCell,
  SegmentRef,
  WindowSummary,
  NamedMetric as WireMetric,
} from "@homeostat/protocol";
import {
  type ContractTally,
  contractFindingCount,
  contractVerdict,
  windowVerdict,
} from "../../domain/contract/contract-verdict.ts";
import type { MonitorKind, SegmentValue, Finding as StoredFinding } from "../../domain/finding/finding.ts";
import { dayMs, type Instant, isoOf } from "../../domain/instant.ts";
import { earlierPerformance, earlierStarts } from "../../domain/monitor/quality/earlier.ts";
import type { LossSplit } from "../../domain/monitor/truth/loss-split.ts";
import { type NamedMetric, type SeriesTest, seriesText, type WindowVerdict } from "../../domain/monitor/verdict.ts";
import type { System } from "../../domain/system/system.ts";
import { seasonOf, type WindowRecord, type WindowRule } from "../../domain/window/window.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

interface RangeQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly segment?: string | undefined;
}

/** What was sensed: windows, drift, performance, findings. */
export function sensingHandlers(house: House): Pick<Handlers, "windows" | "drift" | "performance" | "findings"> {
  return {
    windows: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const [records, frontier, tallies] = await Promise.all([
        house.windows.list(found.system.name, rangeOf(query)),
        house.events.frontier(found.system),
        house.contracts.tallies(found.system.name, rangeOf(query)),
      ]);
      const tallyOf = new Map(tallies.map((tally) => [tally.start, tally]));
      const answer = (record: WindowRecord): WindowSummary =>
        windowAnswer(record, found.system, frontier?.eventTime, tallyOf.get(record.start));
      return { kind: "ok", value: { items: records.map(answer) } };
    },
    drift: async ({ path, query }) => {
      const found = await verdictsOf(house, path.system, "input-drift", query);
      if (found.kind === "refused") return found;
      return { kind: "ok", value: { items: found.verdicts.map((verdict) => driftAnswer(verdict, found.rule)) } };
    },
    performance: async ({ path, query }) => {
      // a week more than asked for, so that every window can stand beside that of the week before
      const found = await verdictsOf(house, path.system, "performance", query, 7 * dayMs);
      if (found.kind === "refused") return found;
      const from = query.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query.from);
      const answer = performanceAnswers(found.verdicts, found.rule);
      return { kind: "ok", value: { items: found.verdicts.filter(({ window }) => window >= from).map(answer) } };
    },
    findings: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const segment = segmentOf(query.segment);
      const findings = await house.findings.list(found.system.name, rangeOf(query));
      const wanted = findings.filter(
        (finding) => query.segment === undefined || segment === "*" || sameSegment(finding.segment, segment),
      );
      return { kind: "ok", value: { items: wanted.map(findingAnswer) } };
    },
  };
}

export async function verdictsOf(
  house: House,
  name: string,
  monitor: MonitorKind,
  query: RangeQuery,
  earlierMs = 0,
): Promise<
  { readonly kind: "found"; readonly verdicts: readonly WindowVerdict[]; readonly rule: WindowRule } | Refusal
> {
  const found = await findSystem(house, name);
  if (found.kind === "refused") return found;
  const segment = segmentOf(query.segment);
  if (
    segment !== undefined &&
    segment !== "*" &&
    !found.system.segments.some((declared) => declared.name === segment.name)
  ) {
    return refused("malformed-body", "The segment is not declared.", {
      issues: [
        {
          path: "segment",
          expected: `one of ${found.system.segments.map((declared) => declared.name).join(", ")}, with =VALUE`,
          found: query.segment ?? "",
        },
      ],
    });
  }
  const release = await house.releases.live(name);
  const rule = found.system.windows;
  if (release === undefined) return { kind: "found", verdicts: [], rule };
  const { from, ...range } = rangeOf(query);
  const windows = (
    await house.windows.list(name, { ...range, ...(from === undefined ? {} : { from: from - earlierMs }) })
  ).filter((record) => record.profileVersion > 0);
  return {
    kind: "found",
    rule,
    verdicts: await house.verdicts.list({ system: name, release: release.id, monitor, segment, windows }),
  };
}

export function rangeOf(query: RangeQuery): { readonly from?: Instant; readonly to?: Instant } {
  return {
    ...(query.from === undefined ? {} : { from: Date.parse(query.from) }),
    ...(query.to === undefined ? {} : { to: Date.parse(query.to) }),
  };
}

export function segmentOf(text: string | undefined): SegmentValue | "*" | undefined {
  if (text === undefined || text === "") return undefined;
  if (text === "*") return "*";
  const at = text.indexOf("=");
  return at < 0 ? { name: text, value: "" } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

const sameSegment = (left: SegmentValue | undefined, right: SegmentValue | undefined): boolean =>
  left?.name === right?.name && left?.value === right?.value;

export function segmentAnswer(segment: SegmentValue | undefined): SegmentRef {
  return segment === undefined ? null : { name: segment.name, value: segment.value };
}

export function windowAnswer(
  record: WindowRecord,
  system: System,
  frontier: Instant | undefined,
  tally: ContractTally | undefined,
): WindowSummary {
  const passed = frontier !== undefined && frontier - system.windows.latenessMs >= record.end;
  const open = record.evaluatedAt === undefined;
  const monitors = open ? "not-checked" : record.verdict;
  return {
    start: isoOf(record.start),
    end: isoOf(record.end),
    state: !open ? "evaluated" : passed ? "due" : "open",
    current: !open && !record.dirty,
    // Rows are counted with the profiles; before that the contract's check has counted them.
    rows: open && tally !== undefined ? tally.rows : record.rows,
    labelledRows: record.labelledRows,
    labelCoverage: open || record.rows === 0 ? null : record.labelledRows / record.rows,
    verdict: windowVerdict(monitors, tally),
    monitors,
    contract: {
      verdict: contractVerdict(tally),
      broken: tally === undefined ? 0 : tally.critical + tally.warning,
      passed: tally?.passed ?? 0,
      notChecked: tally?.notChecked ?? 0,
    },
    findings: record.findings + contractFindingCount(tally),
    restatements: record.restatements,
  };
}

/** Without the rule of the windows, the season is what the verdict itself says of it. */
export function driftAnswer({ window, verdict }: WindowVerdict, rule?: WindowRule): DriftCell {
  const { test } = verdict;
  const numbers = test.kind === "tested" ? test.numbers : undefined;
  return {
    window: isoOf(window),
    feature: test.key.feature ?? "",
    segment: segmentAnswer(test.key.segment),
    state: verdict.state,
    season:
      rule === undefined
        ? (numbers?.season ?? null)
        : seasonOf({ start: window, end: window + rule.lengthMs }, rule.season),
    variant: numbers?.variant ?? "",
    psi: numbers?.value ?? null,
    psiDebiased: numbers?.effect ?? null,
    expectedByChance: numbers?.expectedByChance ?? null,
    pValue: numbers?.pValue ?? null,
    rows: numbers?.rows ?? (test.kind === "untested" ? test.rows : 0),
    baselineRows: numbers?.baselineRows ?? (test.kind === "untested" ? test.baselineRows : 0),
    bins: numbers?.bins ?? 0,
  };
}

function metricAnswer({ name, value, baseline }: NamedMetric): WireMetric {
  return { name, value: value ?? null, baseline: baseline ?? null };
}

/** Answers of verdicts, each beside the earlier windows among them. */
function performanceAnswers(
  verdicts: readonly WindowVerdict[],
  { lengthMs }: WindowRule,
): (verdict: WindowVerdict) => PerformanceCell {
  const textOf = (window: Instant, { key }: SeriesTest): string => `${window}|${seriesText(key)}`;
  const known = new Map(verdicts.map((one) => [textOf(one.window, one.verdict.test), one.verdict.test.performance]));
  return (one) => {
    const { test } = one.verdict;
    const against = (start: Instant) => {
      const found = earlierPerformance(test.performance, start, known.get(textOf(start, test)));
      return found === undefined ? null : { ...found, window: isoOf(found.window) };
    };
    const starts = earlierStarts(one.window, lengthMs);
    return performanceAnswer(one, {
      lastWindow: against(starts.lastWindow),
      yesterday: against(starts.yesterday),
      lastWeek: against(starts.lastWeek),
    });
  };
}

function performanceAnswer({ window, verdict }: WindowVerdict, against: PerformanceCell["against"]): PerformanceCell {
  const shown = verdict.test.performance;
  return {
    window: isoOf(window),
    segment: segmentAnswer(verdict.test.key.segment),
    state: verdict.state,
    rows: shown?.rows ?? 0,
    labelledRows: shown?.labelledRows ?? 0,
    headline: metricAnswer(
      // Verdicts of earlier versions are of binary classification.
      shown?.headline ?? { name: "auc", value: shown?.auc, baseline: shown?.baselineAuc },
    ),
    others: (shown?.others ?? []).map(metricAnswer),
    classes: (shown?.classes ?? []).map(({ precision, recall, ...counts }) => ({
      ...counts,
      precision: precision ?? null,
      recall: recall ?? null,
    })),
    auc: shown?.auc ?? null,
    accuracy: shown?.accuracy ?? null,
    positiveShare: shown?.positiveShare ?? null,
    meanProbability: shown?.meanProbability ?? null,
    calibrationError: shown?.calibrationError ?? null,
    baselineAuc: shown?.baselineAuc ?? null,
    baselineAccuracy: shown?.baselineAccuracy ?? null,
    pValue: verdict.test.kind === "tested" ? verdict.test.numbers.pValue : null,
    against,
    split: splitAnswer(verdict.test.kind === "tested" ? verdict.test.numbers.split : undefined),
  };
}

export function findingAnswer(finding: StoredFinding): Finding {
  return {
    id: finding.id,
    system: finding.system,
    release: finding.release ?? null,
    monitor: finding.monitor,
    monitorName: finding.monitorName,
    owner: finding.owner ?? null,
    runbook: finding.runbook ?? null,
    layer: finding.layer,
    window: { start: isoOf(finding.window.start), end: isoOf(finding.window.end) },
    segment: segmentAnswer(finding.segment),
    feature: finding.feature ?? null,
    metric: finding.metric,
    variant: finding.variant,
    value: finding.value,
    baselineValue: finding.baselineValue ?? null,
    effect: finding.effect,
    threshold: finding.threshold,
    expectedByChance: finding.expectedByChance ?? null,
    pValue: finding.pValue,
    adjustedPValue: finding.adjustedPValue ?? null,
    lowerBound: finding.lowerBound ?? null,
    overdispersion: finding.overdispersion ?? null,
    rows: finding.rows,
    baselineRows: finding.baselineRows,
    severity: finding.severity,
    rule: finding.rule,
    sentence: finding.sentence,
    values: [...finding.values],
    withdrawnAt: finding.withdrawnAt === undefined ? null : isoOf(finding.withdrawnAt),
  };
}

/** Performance of some segments over a stretch of windows. */
export async function performanceCells(
  house: Pick<House, "releases" | "windows" | "verdicts">,
  system: System,
  range: { readonly from: Instant; readonly to: Instant },
  segments: readonly (SegmentValue | undefined)[],
): Promise<PerformanceCell[]> {
  const release = await house.releases.live(system.name);
  if (release === undefined) return [];
  const windows = (await house.windows.list(system.name, range)).filter((record) => record.profileVersion > 0);
  const found = await Promise.all(
    segments.map((segment) =>
      house.verdicts.list({ system: system.name, release: release.id, monitor: "performance", segment, windows }),
    ),
  );
  return found.flatMap((verdicts) => verdicts.map(performanceAnswers(verdicts, system.windows)));
}

function splitAnswer(split: LossSplit | undefined): PerformanceCell["split"] {
  return split === undefined ? null : { ...split, features: [...split.features] };
}
