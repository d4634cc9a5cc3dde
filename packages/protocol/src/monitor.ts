import { z } from "zod";
import { monitorDeclaration, monitorKind } from "./monitor-declaration.ts";
import { instant } from "./name.ts";
import { finding, segmentRef, verdictState } from "./sensing.ts";

const layer = finding.shape.layer;

/** One monitor of a system with everything decided, and how it did in the newest evaluated window. */
export const monitorSummary = z.object({
  name: z.string(),
  kind: monitorKind,
  enabled: z.boolean(),
  origin: z.enum(["default", "declared"]),
  layer,
  why: z.string().describe("Why it watches this system"),
  metrics: z.array(
    z.object({ name: z.string(), threshold: z.number(), unit: z.string(), persistence: z.int().describe("Windows") }),
  ),
  severity: z.enum(["warning", "critical"]),
  owner: z.string(),
  runbook: z.string().nullable(),
  segments: z.array(z.string()).nullable().describe("null: all rows and every value of every segment"),
  features: z.array(z.string()).nullable().describe("null: every feature"),
  covers: z.array(z.string()).describe("Failure modes it finds"),
  verdict: verdictState.describe("The worst of its series in the newest evaluated window"),
  says: z.string().describe("The same in words"),
  series: z.record(z.string(), z.int()).describe("Series of that window by verdict"),
});
export type MonitorSummary = z.infer<typeof monitorSummary>;

/** False pages a healthy month may cost, what the monitors may spend of it, and what was paged. */
export const alarmBudget = z.object({
  pagesPerMonth: z.number().describe("Accepted false pages in a month in which nothing is wrong"),
  windowsPerMonth: z.number(),
  level: z
    .number()
    .describe("False-discovery rate of every window over all its tests; a difference is real at or below it"),
  mostPages: z.number().describe("Pages that a healthy month costs at most, where the tests are right"),
  says: z.string(),
  days: z.number().describe("The stretch of event time behind `pages` and `falseAlarms`"),
  families: z.array(
    z.object({
      monitor: z.string(),
      tests: z.int().describe("Tests in the newest evaluated window"),
      mayCost: z.number().describe("Its share of `mostPages`, by its tests; 0 for a monitor that only warns"),
      pages: z.int().describe("Incidents it led in those days"),
      falseAlarms: z.int().describe("Of them called false by a person"),
    }),
  ),
});
export type AlarmBudgetAnswer = z.infer<typeof alarmBudget>;

export const monitorList = z.object({
  window: z.object({ start: instant, end: instant, rows: z.int() }).nullable().describe("The newest evaluated window"),
  advice: z.string().nullable().describe("What to change about the length of the windows; null: nothing"),
  budget: alarmBudget,
  items: z.array(monitorSummary),
});
export type MonitorList = z.infer<typeof monitorList>;

/** What a monitor says of one series in one window. */
export const seriesCell = z.object({
  window: instant,
  segment: segmentRef,
  feature: z.string().nullable(),
  metric: z.string(),
  state: verdictState,
  says: z.string().describe("The verdict in words: why it is not known, or what silence would have heard"),
  value: z.number().nullable(),
  baselineValue: z.number().nullable(),
  effect: z.number().nullable(),
  threshold: z.number().nullable(),
  smallestSeen: z
    .number()
    .nullable()
    .describe("The smallest effect that nine of ten such windows would have shown; null: not known"),
  pValue: z.number().nullable(),
  adjustedPValue: z.number().nullable(),
  streak: z.int().describe("Windows running in which it was real and mattered"),
  fired: z.boolean(),
  rows: z.int(),
  neededRows: z.int().nullable(),
});
export type SeriesCell = z.infer<typeof seriesCell>;

export const monitorDetail = z.object({ monitor: monitorSummary, items: z.array(seriesCell) });
export type MonitorDetail = z.infer<typeof monitorDetail>;

export const failureModeEntry = z.object({
  mode: z.string(),
  title: z.string(),
  layer,
  watch: z.enum(["watched", "asked-in-vain", "not-watched", "does-not-apply"]),
  by: z.array(z.string()).describe("Monitors, by name"),
  since: instant.nullable(),
  verdict: verdictState,
  why: z.string().nullable().describe("Why it is not watched, or not tested"),
});
export type FailureModeEntry = z.infer<typeof failureModeEntry>;

export const coverageMap = z.object({ watched: z.int(), applies: z.int(), items: z.array(failureModeEntry) });
export type CoverageMap = z.infer<typeof coverageMap>;

export const monitorTrial = z.strictObject({
  monitors: z.array(monitorDeclaration).min(1).max(20),
  from: instant,
  to: instant.optional().describe("Exclusive; until the newest evaluated window if absent"),
});
export type MonitorTrial = z.input<typeof monitorTrial>;

export const trialReport = z.object({
  from: instant,
  to: instant,
  windows: z.int().describe("Stored windows that were judged again"),
  days: z.number(),
  items: z.array(
    z.object({
      monitor: z.string(),
      kind: monitorKind,
      series: z.int().describe("Series it asked about in a window, at most"),
      tested: z.int().describe("Answers that were tests, over all windows"),
      firing: z.int().describe("Windows in which it would have fired"),
      pages: z.int().describe("Times it would have begun to fire after a quiet window"),
      pagesPerMonth: z.number(),
      fired: z.array(
        z.object({
          from: instant,
          to: instant,
          windows: z.int(),
          series: z.int().describe("Different series that fired in it"),
          worst: z.object({
            segment: segmentRef,
            feature: z.string().nullable(),
            metric: z.string(),
            effect: z.number(),
          }),
          sentence: z.string(),
        }),
      ),
      silence: z.string().describe("What it could test, and why not the rest"),
    }),
  ),
});
export type TrialReport = z.infer<typeof trialReport>;
