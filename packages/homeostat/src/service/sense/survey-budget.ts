import type { FindingStore } from "../../domain/finding/finding.ts";
import { leadingFinding } from "../../domain/incident/group-findings.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import { dayMs } from "../../domain/instant.ts";
import { type AlarmBudget, alarmBudgetOf } from "../../domain/monitor/alarm-budget.ts";
import type { System } from "../../domain/system/system.ts";
import type { VerdictState } from "../../domain/window/window.ts";
import type { MonitorSurvey } from "./survey-monitors.ts";

/** What one monitor may cost and did cost. */
interface BudgetFamily {
  readonly monitor: string;
  /** Tests in the newest evaluated window. */
  readonly tests: number;
  /** Its share of the pages that a healthy month costs at most, by its tests. */
  readonly mayCost: number;
  readonly pages: number;
  readonly falseAlarms: number;
}

export interface BudgetSurvey {
  readonly budget: AlarmBudget;
  /** Event time behind `pages`. */
  readonly days: number;
  readonly families: readonly BudgetFamily[];
}

const surveyedDays = 30;
const tested: readonly VerdictState[] = ["healthy", "warning", "critical"];

/**
 * The alarm budget of a system: what each monitor may spend of it, and the incidents each led in the last thirty days of
 * event time. Under health discoveries fall on monitors as their tests do, so the bound is shared by tests. Cost: the
 * incidents of those days with their findings.
 */
export async function surveyBudget(
  ports: { readonly incidents: IncidentStore; readonly findings: FindingStore },
  system: System,
  survey: MonitorSurvey,
): Promise<BudgetSurvey> {
  const budget = alarmBudgetOf(system, survey.watching);
  const until = survey.window?.end;
  const led = until === undefined ? [] : await leadersOf(ports, system, until - surveyedDays * dayMs);
  const paging = survey.watching.filter(
    ({ severity, metrics }) => severity === "critical" && Object.keys(metrics).length > 0,
  );
  const testsOf = (name: string): number =>
    survey.tallies
      .filter(({ monitorName, state }) => monitorName === name && tested.includes(state))
      .reduce((sum, { series }) => sum + series, 0);
  const all = paging.reduce((sum, { name }) => sum + testsOf(name), 0);
  return {
    budget,
    days: surveyedDays,
    families: survey.watching.map(({ name }) => {
      const own = led.filter(({ monitor }) => monitor === name);
      const tests = testsOf(name);
      const pages = paging.some((settings) => settings.name === name);
      return {
        monitor: name,
        tests,
        mayCost: pages && all > 0 ? (budget.mostPages * tests) / all : 0,
        pages: own.length,
        falseAlarms: own.filter(({ isFalse }) => isFalse).length,
      };
    }),
  };
}

async function leadersOf(
  ports: { readonly incidents: IncidentStore; readonly findings: FindingStore },
  system: System,
  from: number,
): Promise<readonly { readonly monitor: string; readonly isFalse: boolean }[]> {
  const incidents = await ports.incidents.list({ system: system.name });
  const recent = incidents.filter(({ detectedAtEventTime }) => detectedAtEventTime > from);
  return Promise.all(
    recent.map(async (incident) => {
      const lead = leadingFinding(await ports.findings.byIds(incident.findingIds));
      return { monitor: lead?.monitorName ?? "unknown", isFalse: incident.falseAlarm !== undefined };
    }),
  );
}
