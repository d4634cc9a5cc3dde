import type { ActionStore } from "../../domain/action/action-run.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import { coverageMapOf } from "../../domain/coverage/coverage-map.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { RetirementStore } from "../../domain/keeping/retention.ts";
import { alarmBudgetOf } from "../../domain/monitor/alarm-budget.ts";
import { actionsIn } from "../../domain/postmortem/actions-in.ts";
import type { PostmortemStore } from "../../domain/postmortem/postmortem.ts";
import { lagCurveOf } from "../../domain/prediction/label-lag.ts";
import type { LabelStore } from "../../domain/prediction/label-store.ts";
import type { Review, ReviewStore } from "../../domain/review/review.ts";
import type { ReviewFacts } from "../../domain/review/review-facts.ts";
import { monthOf, type ReviewMonth } from "../../domain/review/review-month.ts";
import { reviewHeadline, writeReview } from "../../domain/review/write-review.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import type { WindowRecord } from "../../domain/window/window.ts";
import { sloStatus } from "../sense/check-slos.ts";
import { type SurveyPorts, surveyMonitors } from "../sense/survey-monitors.ts";
import { watermarkOf } from "../sense/watermark.ts";
import { driftTrends, performanceTrends } from "./month-trends.ts";

export interface ReviewPorts extends SurveyPorts {
  readonly systems: Pick<SystemStore, "get">;
  readonly incidents: IncidentStore;
  readonly labels: LabelStore;
  readonly changes: ChangeStore;
  readonly retirements: RetirementStore;
  readonly postmortems: PostmortemStore;
  readonly actions: ActionStore;
  readonly reviews: ReviewStore;
  readonly events: Parameters<typeof sloStatus>[0]["events"];
  readonly slos: Parameters<typeof sloStatus>[0]["slos"];
  readonly clock: Clock;
}

type ReviewOutcome =
  | { readonly kind: "written"; readonly review: Review }
  | { readonly kind: "refused"; readonly reason: "unknown-system" | "no-month"; readonly message: string };

/** Writes the health review of a system over a month of its own calendar, and keeps it. Cost: counts that are kept already. */
export async function reviewSystem(
  ports: ReviewPorts,
  name: string,
  monthName: string,
  by: string,
): Promise<ReviewOutcome> {
  const stored = await ports.systems.get(name);
  if (stored === undefined)
    return { kind: "refused", reason: "unknown-system", message: `There is no system called ${name}.` };
  const zone = stored.system.review?.zone ?? "UTC";
  const month = monthOf(monthName, zone);
  if (month === undefined)
    return { kind: "refused", reason: "no-month", message: `${monthName} is no month; write it as 2026-10.` };
  const facts = await factsOf(ports, stored.system, stored.appliedAt, month);
  const review: Review = {
    system: name,
    month: month.name,
    from: month.from,
    to: month.to,
    zone,
    writtenAt: facts.now,
    by,
    headline: reviewHeadline(facts),
    markdown: writeReview(facts),
  };
  await ports.reviews.save(review);
  return { kind: "written", review };
}

async function factsOf(
  ports: ReviewPorts,
  system: System,
  appliedAt: number,
  month: ReviewMonth,
): Promise<ReviewFacts> {
  const now = ports.clock.now();
  const { name } = system;
  const windows = await ports.windows.list(name, { from: month.from, to: month.to });
  const [survey, releases, changes, retirements, runs, incidents, openActions] = await Promise.all([
    surveyMonitors(ports, system),
    ports.releases.list(name),
    ports.changes.list({ from: month.from, to: month.to, system: name }),
    ports.retirements.list(name),
    ports.actions.list({ system: name }),
    incidentsOf(ports, name, month),
    openActionsOf(ports, name),
  ]);
  const live = releases.find(({ stage }) => stage === "live");
  const numbers = new Set(incidents.map(({ incident }) => incident.number));
  return {
    system,
    month,
    zone: system.review?.zone ?? "UTC",
    now,
    coverage: coverageMapOf({
      system,
      watching: survey.watching,
      appliedAt,
      liveSince: survey.release?.liveSince,
      window: survey.window,
      tallies: survey.tallies,
      contract: survey.contract,
    }),
    windows: windowFacts(windows),
    labels: await labelFacts(ports, system, month, now),
    performance: await performanceTrends(ports, system, live, windows),
    drift: await driftTrends(ports, system, live, windows),
    incidents,
    pagesAccepted: alarmBudgetOf(system, survey.watching).pagesPerMonth,
    objectives: await objectivesOf(ports, system, Math.min(month.to, now)),
    changes,
    releases,
    live,
    retirements: retirements.filter(({ at }) => at >= month.from && at < month.to),
    actions: runs.filter(({ incident }) => numbers.has(incident)),
    openActions,
  };
}

function windowFacts(windows: readonly WindowRecord[]): ReviewFacts["windows"] {
  const verdicts: Partial<Record<WindowRecord["verdict"], number>> = {};
  const evaluated = windows.filter(({ evaluatedAt }) => evaluatedAt !== undefined);
  for (const { verdict } of evaluated) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    total: windows.length,
    verdicts,
    unevaluated: windows.length - evaluated.length,
    restated: windows.filter(({ restatements }) => restatements > 0).length,
    rows: windows.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** By the time at which data showed them; what was resolved later is told as it stands now. */
async function incidentsOf(ports: ReviewPorts, system: string, month: ReviewMonth): Promise<ReviewFacts["incidents"]> {
  const all = await ports.incidents.list({ system });
  const own = all.filter(
    ({ detectedAtEventTime }) => detectedAtEventTime > month.from && detectedAtEventTime <= month.to,
  );
  return Promise.all(
    [...own]
      .reverse()
      .map(async (incident) => ({ incident, timeline: await ports.incidents.timeline(incident.number) })),
  );
}

async function openActionsOf(ports: ReviewPorts, system: string): Promise<ReviewFacts["openActions"]> {
  const postmortems = await ports.postmortems.list(system);
  return postmortems.flatMap(({ incident, markdown }) =>
    actionsIn(markdown)
      .filter(({ done }) => !done)
      .map(({ id, owner, text }) => ({ incident, id, owner, text })),
  );
}

async function labelFacts(
  ports: ReviewPorts,
  system: System,
  month: ReviewMonth,
  now: number,
): Promise<ReviewFacts["labels"]> {
  const frontier = await ports.events.frontier(system);
  if (frontier === undefined) return { rows: 0, labelled: 0, lag: undefined };
  const watermark = watermarkOf(system, frontier, now);
  const query = { from: month.from, to: month.to, segment: undefined };
  const { coverage, lags } = await ports.labels.labels(system, query, { watermark, now });
  const [all] = lags;
  return {
    rows: coverage.reduce((sum, { rows }) => sum + rows, 0),
    labelled: coverage.reduce((sum, { labelled }) => sum + labelled, 0),
    lag: all === undefined ? undefined : lagCurveOf(all.byOutcomeTime),
  };
}

async function objectivesOf(ports: ReviewPorts, system: System, at: number): Promise<ReviewFacts["objectives"]> {
  const statuses = (system.slos ?? []).map(async (slo) => {
    const { state, value, budgetLeft } = await sloStatus(ports, system, slo, at);
    return { name: slo.displayName ?? slo.name, state, target: slo.target, value, budgetLeft };
  });
  return Promise.all(statuses);
}
