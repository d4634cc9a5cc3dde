import type { ChangeStore } from "../../domain/change/change.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Instant } from "../../domain/instant.ts";

export interface ActionOn {
  readonly at: Instant;
  readonly text: string;
  readonly actor: string | undefined;
}

/** What was done about an incident since it opened: releases that went live or back, and what its timeline says was done. Oldest first. */
export async function actionsOn(
  ports: { readonly changes: ChangeStore; readonly incidents: IncidentStore },
  incident: Incident,
): Promise<readonly ActionOn[]> {
  const to = incident.resolvedAt === undefined ? {} : { to: incident.resolvedAt + 1 };
  const changes = await ports.changes.list({ component: `release:${incident.system}`, from: incident.openedAt, ...to });
  const timeline = await ports.incidents.timeline(incident.number);
  const done = new Set(["acknowledged", "resolved", "assigned", "false-alarm", "cause-linked", "action"]);
  return [
    ...changes.map(({ time, title, actor }) => ({ at: time, text: title, actor })),
    ...timeline.filter(({ kind }) => done.has(kind)).map(({ at, text, actor }) => ({ at, text, actor })),
  ].sort((left, right) => left.at - right.at);
}
