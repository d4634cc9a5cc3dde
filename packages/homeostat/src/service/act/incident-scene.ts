import type { FindingStore } from "../../domain/finding/finding.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { IncidentScene } from "../../domain/notification/incident-message.ts";

export interface ScenePorts {
  readonly incidents: Pick<IncidentStore, "timeline">;
  readonly findings: Pick<FindingStore, "byIds">;
}

/** Gathers what a message about an incident says. */
export async function incidentScene(ports: ScenePorts, incident: Incident): Promise<IncidentScene> {
  const [findings, timeline] = await Promise.all([
    ports.findings.byIds(incident.findingIds),
    ports.incidents.timeline(incident.number),
  ]);
  return {
    incident,
    findings: findings.filter(({ withdrawnAt }) => withdrawnAt === undefined),
    timeline,
  };
}
