import { coverageMapOf } from "../../domain/coverage/coverage-map.ts";
import { monitorKinds } from "../../domain/finding/finding.ts";
import { isoOf } from "../../domain/instant.ts";
import { alarmBudgetOf } from "../../domain/monitor/alarm-budget.ts";
import { defaultMonitor } from "../../domain/monitor/monitors-of.ts";
import type { MonitorSettings } from "../../domain/monitor/settings.ts";
import { windowAdvice } from "../../domain/monitor/window-advice.ts";
import type { System } from "../../domain/system/system.ts";
import type { VerdictState, WindowRecord } from "../../domain/window/window.ts";
import { surveyBudget } from "../../service/sense/survey-budget.ts";
import { type MonitorSurvey, surveyMonitors } from "../../service/sense/survey-monitors.ts";
import { tryMonitors } from "../../service/sense/try-monitors.ts";
import { readMonitorList } from "../declaration/read-monitors.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import {
  budgetAnswer,
  bySeverity,
  coverageAnswer,
  monitorAnswer,
  seriesAnswer,
  switchedOff,
  trialAnswer,
} from "./monitor-answer.ts";
import { rangeOf, segmentOf } from "./sensing-routes.ts";

const adviceWindows = 200;
const tested: readonly VerdictState[] = ["healthy", "warning", "critical"];

/** Who watches a system: monitors, the alarm budget, the coverage map, trials. */
export function monitorHandlers(house: House): Pick<Handlers, "monitors" | "monitor" | "tryMonitors" | "coverage"> {
  return {
    monitors: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const survey = await surveyMonitors(house, system);
      const { window } = survey;
      const [budget, recent] = await Promise.all([
        surveyBudget(house, system, survey),
        window === undefined
          ? []
          : house.windows.list(system.name, { from: window.start - adviceWindows * system.windows.lengthMs }),
      ]);
      return {
        kind: "ok",
        value: {
          window:
            window === undefined ? null : { start: isoOf(window.start), end: isoOf(window.end), rows: window.rows },
          advice: windowAdvice(system, recent) ?? null,
          budget: budgetAnswer(budget),
          items: [
            ...survey.watching.map((settings) => monitorAnswer(system, survey, settings)),
            ...offOf(system).map((settings) => switchedOff(system, survey, settings)),
          ],
        },
      };
    },
    monitor: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const survey = await surveyMonitors(house, system);
      const settings = survey.watching.find(({ name }) => name === path.monitor);
      if (settings === undefined) return unknownMonitor(path.monitor, system, survey);
      return {
        kind: "ok",
        value: {
          monitor: monitorAnswer(system, survey, settings),
          items: await seriesOf(house, { system, survey, settings }, query),
        },
      };
    },
    tryMonitors: async ({ path, body }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const owners = new Set((await house.systems.owners()).map(({ name }) => name));
      const read = readMonitorList(body.monitors, system, owners);
      if ("issues" in read) return refused("malformed-body", "A monitor cannot be tried.", { issues: read.issues });
      const range = { from: Date.parse(body.from), ...(body.to === undefined ? {} : { to: Date.parse(body.to) }) };
      const outcome = await tryMonitors(house, system, read.value, range);
      if (outcome.kind === "refused") return refused("not-possible-now", `${outcome.message}.`);
      const from = outcome.windows[0]?.start ?? range.from;
      const to = outcome.windows.at(-1)?.end ?? range.from;
      return {
        kind: "ok",
        value: {
          ...{ from: isoOf(from), to: isoOf(to), windows: outcome.windows.length, days: (to - from) / 86_400_000 },
          items: outcome.trials.map((trial) => trialAnswer(trial, to - from)),
        },
      };
    },
    coverage: async ({ path }) => {
      const stored = await house.systems.get(path.system);
      if (stored === undefined)
        return refused("unknown-system", `There is no system called ${JSON.stringify(path.system)}.`);
      const { system, appliedAt } = stored;
      const survey = await surveyMonitors(house, system);
      const items = coverageMapOf({
        ...{ system, appliedAt, watching: survey.watching, window: survey.window, tallies: survey.tallies },
        contract: survey.contract,
        liveSince: survey.release?.liveSince,
      }).map(coverageAnswer);
      return {
        kind: "ok",
        value: {
          watched: items.filter(({ watch }) => watch === "watched").length,
          applies: items.filter(({ watch }) => watch !== "does-not-apply").length,
          items,
        },
      };
    },
  };
}

/** Defaults that the declaration switched off, as they would watch. */
function offOf(system: System): readonly MonitorSettings[] {
  const off = (system.monitors ?? []).filter(({ enabled }) => !enabled);
  return monitorKinds
    .filter((kind) => off.some(({ name }) => name === kind))
    .map((kind) => defaultMonitor(kind, system.owners));
}

function unknownMonitor(name: string, system: System, { watching }: MonitorSurvey): Refusal {
  const names = watching.map((settings) => settings.name).join(", ");
  return refused(
    "not-found",
    `${system.name} has no monitor ${JSON.stringify(name)} that watches; there are ${names}.`,
  );
}

interface Scene {
  readonly system: System;
  readonly survey: MonitorSurvey;
  readonly settings: MonitorSettings;
}

async function seriesOf(
  house: House,
  { system, survey, settings }: Scene,
  query: {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    readonly segment?: string | undefined;
  },
): Promise<ReturnType<typeof seriesAnswer>[]> {
  const { release } = survey;
  const windows = await windowsAsked(house, system, survey, query);
  if (release === undefined || windows.length === 0) return [];
  const segment = query.segment === undefined ? "*" : query.segment === "all" ? undefined : segmentOf(query.segment);
  const asked = { system: system.name, release: release.id, windows };
  const [verdicts, tallies] = await Promise.all([
    house.verdicts.list({ ...asked, monitor: settings.kind, monitorName: settings.name, segment }),
    house.verdicts.tallies(asked),
  ]);
  const { level } = alarmBudgetOf(system, survey.watching);
  const tests = new Map<number, number>();
  for (const { window, state, series } of tallies)
    if (tested.includes(state)) tests.set(window, (tests.get(window) ?? 0) + series);
  return verdicts
    .map((verdict) => seriesAnswer(verdict, settings, { level, tests: tests.get(verdict.window) ?? 0 }))
    .sort(bySeverity);
}

async function windowsAsked(
  house: House,
  system: System,
  { window }: MonitorSurvey,
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<readonly WindowRecord[]> {
  if (query.from === undefined && query.to === undefined) return window === undefined ? [] : [window];
  return (await house.windows.list(system.name, rangeOf(query))).filter(({ profileVersion }) => profileVersion > 0);
}
