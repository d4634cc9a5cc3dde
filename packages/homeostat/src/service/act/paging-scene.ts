import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import { leadingFinding } from "../../domain/incident/group-findings.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Instant } from "../../domain/instant.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import type { Alert } from "../../domain/oncall/alert.ts";
import { alertOf } from "../../domain/oncall/alert-of-finding.ts";
import type { EscalationPolicyStore } from "../../domain/oncall/escalation-policy.ts";
import { matchesAll } from "../../domain/oncall/matcher.ts";
import { brokenFeedRule, type Mute, muteOf, type SilenceStore, silenceStateAt } from "../../domain/oncall/mute.ts";
import { plainOncall } from "../../domain/oncall/oncall-rule.ts";
import type { ScheduleStore } from "../../domain/oncall/schedule.ts";
import type { PagingFacts } from "../../domain/oncall/simulate-paging.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";

export interface FactPorts {
  readonly systems: Pick<SystemStore, "get" | "owners">;
  readonly schedules: ScheduleStore;
  readonly policies: EscalationPolicyStore;
  readonly silences: SilenceStore;
}

export interface ScenePorts extends FactPorts {
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly lineage: LineageStore;
}

/** Everything declared or made by hand that decides who is told now. */
export async function pagingFacts(ports: FactPorts, now: Instant): Promise<PagingFacts> {
  const [owners, policies, people, schedules, silences] = await Promise.all([
    ports.systems.owners(),
    ports.policies.policies(),
    ports.policies.people(),
    ports.schedules.list(),
    ports.silences.list(),
  ]);
  const overrides = await Promise.all(schedules.map(({ schedule }) => ports.schedules.overrides(schedule.name)));
  return {
    owners,
    policies,
    people,
    schedules: schedules.map(({ schedule }) => schedule),
    overrides: overrides.flat(),
    silences: silences.filter((silence) => silenceStateAt(silence, now) === "active"),
  };
}

/** What an incident is to those who are told: its standing alerts, the leading one first, and why nobody is told. */
export interface PagingScene {
  readonly facts: PagingFacts;
  readonly standing: readonly Alert[];
  /** Set when every standing alert is muted. */
  readonly mute: Mute | undefined;
}

const lineageDepth = 10;

/** Reads everything that decides about telling of an incident. Cost: its findings, those of other open incidents where a rule asks. */
export async function pagingScene(
  ports: ScenePorts,
  system: System,
  incident: Incident,
  now: Instant,
): Promise<PagingScene> {
  const [facts, findings] = await Promise.all([pagingFacts(ports, now), ports.findings.byIds(incident.findingIds)]);
  const standing = leadFirst(findings.filter(({ withdrawnAt }) => withdrawnAt === undefined)).map((finding) =>
    alertOf(system, incident.number, finding),
  );
  const rule = system.oncall ?? plainOncall;
  const inhibit = [brokenFeedRule, ...rule.inhibit];
  const rules = { silences: facts.silences, maintenance: rule.maintenance, inhibit };
  const around = {
    others: await otherAlerts(ports, incident, (alert) =>
      inhibit.some(({ source }) => matchesAll(source, alert.labels)),
    ),
    upstream: await upstreamOf(ports.lineage, system.source.component),
  };
  let mute: Mute | undefined;
  for (const alert of standing) {
    mute = muteOf(alert, rules, around, now);
    if (mute === undefined) break;
  }
  return { facts, standing, mute };
}

function leadFirst(findings: readonly Finding[]): readonly Finding[] {
  const lead = leadingFinding(findings);
  return lead === undefined ? [] : [lead, ...findings.filter(({ id }) => id !== lead.id)];
}

async function otherAlerts(
  ports: ScenePorts,
  own: Incident,
  mutes: (alert: Alert) => boolean,
): Promise<readonly Alert[]> {
  const [open, acknowledged] = await Promise.all([
    ports.incidents.list({ state: "open" }),
    ports.incidents.list({ state: "acknowledged" }),
  ]);
  const others = [...open, ...acknowledged].filter(({ number }) => number !== own.number);
  const alerts = await Promise.all(
    others.map(async (incident) => {
      const stored = await ports.systems.get(incident.system);
      if (stored === undefined) return [];
      const findings = await ports.findings.byIds(incident.findingIds);
      return findings
        .filter(({ withdrawnAt }) => withdrawnAt === undefined)
        .map((finding) => alertOf(stored.system, incident.number, finding));
    }),
  );
  return alerts.flat().filter(mutes);
}

async function upstreamOf(lineage: LineageStore, component: string): Promise<ReadonlySet<string>> {
  const graph = await walkLineage(lineage, { node: component, direction: "up", depth: lineageDepth });
  return new Set([component, ...(graph?.nodes.map(({ name }) => name) ?? [])]);
}
