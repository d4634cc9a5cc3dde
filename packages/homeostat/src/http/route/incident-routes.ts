import type { IncidentDetail, IncidentSummary } from "@homeostat/protocol";
import type { Incident, LinkedCause } from "../../domain/incident/incident.ts";
import { isoOf } from "../../domain/instant.ts";
import { actOnIncident, type IncidentDeed } from "../../service/act/act-on-incident.ts";
import { liftHolds } from "../../service/act/lift-holds.ts";
import { settleIncident } from "../../service/act/settle-incident.ts";
import { actionsOn } from "../../service/judge/actions-on.ts";
import { type BlastRadius, blastRadiusOf } from "../../service/judge/blast-radius.ts";
import { type Handlers, type Reply, refused } from "../handler.ts";
import { deliveryAnswer } from "./channel-routes.ts";
import { diagnosisAnswer, performanceAround } from "./diagnosis-answer.ts";
import type { House } from "./house.ts";
import { findingAnswer } from "./sensing-routes.ts";

type IncidentRoutes =
  | "incidents"
  | "incident"
  | "acknowledge"
  | "resolve"
  | "noteIncident"
  | "assignIncident"
  | "markFalseAlarm"
  | "linkCause";

/** Incidents: the list, one with its evidence, and what people do to them. */
export function incidentHandlers(house: House): Pick<Handlers, IncidentRoutes> {
  /** What was held back because of it answers again. */
  const over = async ({ system, number }: Incident): Promise<void> => {
    await liftHolds(house, system, number, undefined);
    await house.announce(number);
  };
  const deed = async (number: number, what: IncidentDeed, by: string): Promise<Reply<"noteIncident">> => {
    const outcome = await actOnIncident(house, number, what, by);
    if (outcome.kind === "refused") {
      const missing = outcome.reason === "unknown-incident" ? "not-found" : "not-possible-now";
      return refused(missing, outcome.message);
    }
    if (outcome.resolved) await over(outcome.incident);
    return { kind: "ok", value: await detailOf(house, outcome.incident) };
  };
  const act = async (
    kind: "acknowledge" | "resolve",
    number: number,
    by: string,
    note: string | undefined,
  ): Promise<Reply<"acknowledge">> => {
    const outcome = await settleIncident(house, number, { kind, by }, note);
    if (outcome.kind === "refused") {
      return outcome.reason === "unknown-incident"
        ? refused("not-found", `There is no incident ${number}.`)
        : refused("not-possible-now", `Incident ${number} is ${outcome.reason.replace("already-", "already ")}.`);
    }
    if (kind === "resolve") await over(outcome.incident);
    else await house.announce(number);
    return { kind: "ok", value: await detailOf(house, outcome.incident) };
  };
  return {
    incidents: async ({ query, caller }) => {
      const found = await house.incidents.list({
        ...(query.system === undefined ? {} : { system: query.system }),
        ...(query.state === undefined ? {} : { state: query.state }),
      });
      const visible = found.filter(
        (incident) => caller.systems === undefined || caller.systems.includes(incident.system),
      );
      return { kind: "ok", value: { items: visible.map(summaryAnswer) } };
    },
    incident: async ({ path, caller }) => {
      const incident = await house.incidents.get(path.number);
      if (incident === undefined || (caller.systems !== undefined && !caller.systems.includes(incident.system)))
        return refused("not-found", `There is no incident ${path.number}.`);
      return { kind: "ok", value: await detailOf(house, incident) };
    },
    acknowledge: ({ path, body, caller }) => act("acknowledge", path.number, caller.name, body.note),
    resolve: ({ path, body, caller }) => act("resolve", path.number, caller.name, body.note),
    noteIncident: ({ path, body, caller }) => deed(path.number, { kind: "note", text: body.text }, caller.name),
    assignIncident: ({ path, body, caller }) =>
      deed(path.number, { kind: "assign", owner: body.owner, note: body.note }, caller.name),
    markFalseAlarm: ({ path, body, caller }) =>
      deed(path.number, { kind: "false-alarm", reason: body.reason }, caller.name),
    linkCause: ({ path, body: { change, component, note }, caller }) =>
      deed(path.number, { kind: "link-cause", change, component, note }, caller.name),
  };
}

function summaryAnswer(incident: Incident): IncidentSummary {
  return {
    number: incident.number,
    system: incident.system,
    state: incident.state,
    severity: incident.severity,
    layer: incident.layer,
    title: incident.title,
    owner: incident.owner,
    openedAt: isoOf(incident.openedAt),
    since: isoOf(incident.since),
    detectedAtEventTime: isoOf(incident.detectedAtEventTime),
    acknowledgedBy: incident.acknowledgedBy ?? null,
    resolvedAt: incident.resolvedAt === undefined ? null : isoOf(incident.resolvedAt),
    findings: incident.findingIds.length,
    falseAlarm: incident.falseAlarm?.reason ?? null,
  };
}

async function detailOf(house: House, incident: Incident): Promise<IncidentDetail> {
  const [evidence, timeline, notifications, radius, actions] = await Promise.all([
    house.findings.byIds(incident.findingIds),
    house.incidents.timeline(incident.number),
    house.deliveries.list({ incident: incident.number }),
    blastRadiusOf(house.diagnosing, incident),
    actionsOn(house, incident),
  ]);
  return {
    ...summaryAnswer(incident),
    linkedCause: linkedCauseAnswer(incident.linkedCause),
    evidence: evidence.map(findingAnswer),
    blastRadius: radius === undefined ? null : radiusAnswer(radius),
    actions: actions.map(({ at, text, actor }) => ({ at: isoOf(at), text, actor: actor ?? null })),
    diagnosis:
      incident.diagnosis === undefined
        ? null
        : diagnosisAnswer(
            incident.diagnosis,
            incident.since,
            await performanceAround(
              house,
              incident.system,
              incident.since,
              incident.detectedAtEventTime,
              incident.diagnosis.slice,
            ),
          ),
    timeline: timeline.map((entry) => ({
      at: isoOf(entry.at),
      kind: entry.kind,
      text: entry.text,
      actor: entry.actor ?? null,
    })),
    notifications: notifications.toReversed().map(deliveryAnswer),
  };
}

function radiusAnswer(radius: BlastRadius): NonNullable<IncidentDetail["blastRadius"]> {
  return {
    from: isoOf(radius.from),
    rows: radius.rows,
    callers: [...radius.callers],
    cohorts: [...radius.cohorts],
    segments: [...radius.segments],
    downstream: [...radius.downstream],
  };
}

function linkedCauseAnswer(linked: LinkedCause | undefined): IncidentDetail["linkedCause"] {
  return linked === undefined ? null : { ...linked, change: linked.change ?? null, at: isoOf(linked.at) };
}
