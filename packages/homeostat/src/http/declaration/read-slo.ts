import {
  type DeclarationDocument,
  readSchema,
  type SliDeclaration,
  type SloDeclaration,
  sliDeclaration,
  sloDeclaration,
} from "@homeostat/protocol";
import { dayMs, hourMs, minuteMs } from "../../domain/instant.ts";
import { budgetWindow } from "../../domain/slo/budget-window.ts";
import type { CalendarUnit, Sli, Slo, SloWindow } from "../../domain/slo/slo.ts";
import { sloStepMs } from "../../domain/slo/slo-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";
import { type Reading, readIndicator, sloIssue, type WrittenIndicator } from "./read-indicator.ts";

interface SlosRead {
  readonly bySystem: ReadonlyMap<string, readonly Slo[]>;
  readonly issues: readonly Issue[];
}

const longestWindowMs = 366 * dayMs;

/**
 * Reads the objectives of a bundle (OpenSLO v1) and gives them to the systems they name as their service. What we do not
 * measure is refused at its line and column: nothing is accepted and ignored.
 */
export function readSlos(documents: readonly DeclarationDocument[], systems: readonly System[]): SlosRead {
  const { indicators, issues } = readIndicators(documents);
  const bySystem = new Map<string, Slo[]>();
  const used = new Set<string>();
  for (const document of documents.filter(({ kind }) => kind === "SLO")) {
    const read = readSchema<SloDeclaration>(sloDeclaration, document);
    if ("issues" in read) {
      issues.push(...read.issues);
      continue;
    }
    const { spec } = read.value;
    if (spec.indicatorRef !== undefined) used.add(spec.indicatorRef);
    const made = readOfSystem(document, read.value, systems, indicators);
    if ("issues" in made) {
      issues.push(...made.issues);
      continue;
    }
    const known = bySystem.get(spec.service) ?? [];
    if (known.some(({ name }) => name === made.value.name))
      issues.push(
        sloIssue(document, ["metadata", "name"], "each objective of a system once", `\`${made.value.name}\``),
      );
    bySystem.set(spec.service, [...known, made.value]);
  }
  for (const [name, { document }] of indicators)
    if (!used.has(name))
      issues.push(sloIssue(document, ["metadata", "name"], "an indicator that an SLO names as its indicatorRef", name));
  return { bySystem, issues };
}

function readIndicators(documents: readonly DeclarationDocument[]): {
  readonly indicators: ReadonlyMap<string, WrittenIndicator>;
  readonly issues: Issue[];
} {
  const indicators = new Map<string, WrittenIndicator>();
  const issues: Issue[] = [];
  for (const document of documents.filter(({ kind }) => kind === "SLI")) {
    const read = readSchema<SliDeclaration>(sliDeclaration, document);
    if ("issues" in read) issues.push(...read.issues);
    else indicators.set(read.value.metadata.name, { document, at: ["spec"], spec: read.value.spec });
  }
  return { indicators, issues };
}

function readOfSystem(
  document: DeclarationDocument,
  declared: SloDeclaration,
  systems: readonly System[],
  indicators: ReadonlyMap<string, WrittenIndicator>,
): Reading<Slo> {
  const { service } = declared.spec;
  const system = systems.find(({ name }) => name === service);
  if (system !== undefined) return readSlo(document, declared, system, indicators);
  const expected = "a system declared in the same files";
  return { issues: [sloIssue(document, ["spec", "service"], expected, `\`${service}\``)] };
}

function readSlo(
  document: DeclarationDocument,
  declared: SloDeclaration,
  system: System,
  indicators: ReadonlyMap<string, WrittenIndicator>,
): Reading<Slo> {
  const written = indicatorOf(document, declared, indicators);
  const window = windowOf(document, declared);
  const target = targetOf(document, declared);
  const known = Object.keys(declared.metadata.annotations ?? {}).filter(
    (key) => key.startsWith("homeostat.io/") && key !== "homeostat.io/runbook",
  );
  const own = known.map((key) =>
    sloIssue(document, ["metadata", "annotations", key], "homeostat.io/runbook, or a name of your own", key),
  );
  if ("issues" in written || "issues" in window || "issues" in target)
    return { issues: [...own, ...issuesIn([written, window, target])] };
  const sli = readIndicator(document, declared, written.value, system);
  const budgeting = budgetingOf(document, declared, "value" in sli ? sli.value : undefined, window.value);
  if ("issues" in sli || "issues" in budgeting || own.length > 0)
    return { issues: [...own, ...issuesIn([sli, budgeting])] };
  const { metadata, spec } = declared;
  return {
    value: {
      name: metadata.name,
      displayName: metadata.displayName,
      description: spec.description,
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      sli: sli.value,
      target: target.value,
      budgeting: budgeting.value,
      window: window.value,
    },
  };
}

function issuesIn(readings: readonly Reading<unknown>[]): readonly Issue[] {
  return readings.flatMap((reading) => ("issues" in reading ? reading.issues : []));
}

function indicatorOf(
  document: DeclarationDocument,
  { spec }: SloDeclaration,
  indicators: ReadonlyMap<string, WrittenIndicator>,
): Reading<WrittenIndicator> {
  const { indicator, indicatorRef } = spec;
  if ((indicator === undefined) === (indicatorRef === undefined))
    return {
      issues: [
        sloIssue(
          document,
          ["spec"],
          "indicator or indicatorRef, one of them",
          indicator === undefined ? "neither" : "both",
        ),
      ],
    };
  if (indicator !== undefined) return { value: { document, at: ["spec", "indicator", "spec"], spec: indicator.spec } };
  const named = indicators.get(indicatorRef ?? "");
  if (named !== undefined) return { value: named };
  return {
    issues: [
      sloIssue(
        document,
        ["spec", "indicatorRef"],
        "the name of a document of kind SLI in the same files",
        `\`${indicatorRef}\``,
      ),
    ],
  };
}

const stepsMs: Readonly<Record<string, number>> = { m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs };
const calendarUnits: Readonly<Record<string, CalendarUnit>> = {
  d: "day",
  w: "week",
  M: "month",
  Q: "quarter",
  Y: "year",
};

function partsOf(shorthand: string): { readonly count: number; readonly unit: string } {
  return { count: Number(shorthand.slice(0, -1)), unit: shorthand.slice(-1) };
}

function windowOf(document: DeclarationDocument, { spec }: SloDeclaration): Reading<SloWindow> {
  const [window] = spec.timeWindow;
  const at = ["spec", "timeWindow", 0];
  if (window === undefined) return { issues: [sloIssue(document, at, "one window", "none")] };
  const { count, unit } = partsOf(window.duration);
  if (window.calendar === undefined) {
    if (window.isRolling !== true)
      return { issues: [sloIssue(document, at, "isRolling: true, or a calendar", "neither")] };
    const durationMs = count * (stepsMs[unit] ?? Number.NaN);
    if (!(durationMs >= hourMs && durationMs <= longestWindowMs))
      return {
        issues: [
          sloIssue(
            document,
            [...at, "duration"],
            "from 1h to 366d in m, h, d or w for a rolling window",
            window.duration,
          ),
        ],
      };
    return { value: { kind: "rolling", durationMs } };
  }
  if (window.isRolling === true)
    return { issues: [sloIssue(document, [...at, "isRolling"], "false, or no calendar", "true beside a calendar")] };
  const calendarUnit = calendarUnits[unit];
  if (calendarUnit === undefined)
    return {
      issues: [sloIssue(document, [...at, "duration"], "d, w, M, Q or Y for a calendar window", window.duration)],
    };
  const made: SloWindow = {
    kind: "calendar",
    count,
    unit: calendarUnit,
    start: window.calendar.startTime.replace(" ", "T"),
    timeZone: window.calendar.timeZone,
  };
  try {
    budgetWindow(made, 0);
    return { value: made };
  } catch {
    return {
      issues: [
        sloIssue(
          document,
          [...at, "calendar"],
          "a startTime that exists and an IANA time zone, e.g. Europe/Zurich",
          `${window.calendar.startTime} ${window.calendar.timeZone}`,
        ),
      ],
    };
  }
}

function targetOf(document: DeclarationDocument, { spec }: SloDeclaration): Reading<number> {
  const { target, targetPercent } = spec.objectives[0] ?? {};
  if (target !== undefined && targetPercent === undefined) return { value: target };
  if (target === undefined && targetPercent !== undefined) return { value: targetPercent / 100 };
  return {
    issues: [
      sloIssue(
        document,
        ["spec", "objectives", 0],
        "target or targetPercent, one of them",
        target === undefined ? "neither" : "both",
      ),
    ],
  };
}

function budgetingOf(
  document: DeclarationDocument,
  { spec }: SloDeclaration,
  sli: Sli | undefined,
  window: SloWindow,
): Reading<Slo["budgeting"]> {
  const { timeSliceTarget, timeSliceWindow } = spec.objectives[0] ?? {};
  const at = ["spec", "objectives", 0];
  if (spec.budgetingMethod === "Occurrences") {
    if (timeSliceTarget === undefined && timeSliceWindow === undefined) return { value: { kind: "occurrences" } };
    const key = timeSliceTarget === undefined ? "timeSliceWindow" : "timeSliceTarget";
    return { issues: [sloIssue(document, [...at, key], "budgetingMethod Timeslices, or no such key", "Occurrences")] };
  }
  if (sli?.kind === "drift")
    return {
      issues: [
        sloIssue(document, ["spec", "budgetingMethod"], "Occurrences: each window of the system is one", "Timeslices"),
      ],
    };
  const { count, unit } = partsOf(timeSliceWindow ?? "0m");
  const sliceMs = count * (stepsMs[unit] ?? Number.NaN);
  const longest = window.kind === "rolling" ? window.durationMs : dayMs;
  if (timeSliceWindow === undefined || !(sliceMs >= sloStepMs && sliceMs % sloStepMs === 0 && sliceMs <= longest))
    return {
      issues: [
        sloIssue(
          document,
          [...at, "timeSliceWindow"],
          "whole five minutes, not longer than the time window",
          timeSliceWindow ?? "nothing",
        ),
      ],
    };
  if (timeSliceTarget === undefined)
    return {
      issues: [sloIssue(document, [...at, "timeSliceTarget"], "the share of a slice that must be good", "nothing")],
    };
  return { value: { kind: "timeslices", sliceMs, sliceTarget: timeSliceTarget } };
}
