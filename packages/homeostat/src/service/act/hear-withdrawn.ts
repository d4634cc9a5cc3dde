import type { FindingStore } from "../../domain/finding/finding.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import { plainOncall } from "../../domain/oncall/oncall-rule.ts";
import type { System } from "../../domain/system/system.ts";
import { settleIncident } from "./settle-incident.ts";

export interface WithdrawnPorts {
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly jobs: Pick<JobQueue, "send">;
  readonly clock: Clock;
}

/**
 * Tells the unresolved incidents of a system which of their findings no longer stand: windows are evaluated again when rows
 * or outcomes come late. With none left the incident is resolved where the system declares `resolve: when-withdrawn`; else
 * it stays, and its timeline suggests what a person may do. Safe to repeat.
 */
export async function hearWithdrawn(ports: WithdrawnPorts, system: System): Promise<void> {
  const incidents = await ports.incidents.list({ system: system.name });
  for (const incident of incidents.filter(({ state }) => state !== "resolved")) await hear(ports, system, incident);
}

async function hear(ports: WithdrawnPorts, system: System, incident: Incident): Promise<void> {
  const findings = await ports.findings.byIds(incident.findingIds);
  const withdrawnIds = findings.flatMap(({ id, withdrawnAt }) => (withdrawnAt === undefined ? [] : [id]));
  const heard = new Set(incident.withdrawnIds ?? []);
  const now = new Set(withdrawnIds);
  const gone = withdrawnIds.filter((id) => !heard.has(id)).length;
  const back = [...heard].filter((id) => !now.has(id)).length;
  if (gone === 0 && back === 0) return;
  const standing = findings.length - withdrawnIds.length;
  const resolves = (system.oncall ?? plainOncall).resolve === "when-withdrawn";
  const changed = await ports.incidents.change(
    incident.number,
    { withdrawnIds },
    {
      at: ports.clock.now(),
      kind: "withdrawn",
      text: withdrawnText(incident.number, { gone, back, standing, resolves }),
      actor: undefined,
    },
  );
  if (changed !== undefined && standing === 0 && resolves)
    await settleIncident(ports, incident.number, { kind: "resolve", by: "Homeostat" }, "no finding stands any more");
  await ports.jobs.send("escalate", { incident: incident.number }, { singleton: `incident-${incident.number}` });
}

function withdrawnText(
  incident: number,
  {
    gone,
    back,
    standing,
    resolves,
  }: { readonly gone: number; readonly back: number; readonly standing: number; readonly resolves: boolean },
): string {
  const counted = (count: number): string => `${count} ${count === 1 ? "finding" : "findings"}`;
  const parts = [
    ...(gone === 0
      ? []
      : [`${counted(gone)} no longer ${gone === 1 ? "stands" : "stand"} after a window was evaluated again`]),
    ...(back === 0 ? [] : [`${counted(back)} ${back === 1 ? "stands" : "stand"} again`]),
  ];
  const told = `${parts.join("; ")}; ${standing === 0 ? "none is left" : `${standing} still ${standing === 1 ? "stands" : "stand"}`}.`;
  if (standing > 0 || resolves) return told;
  return `${told} If you agree that it is over: homeostat resolve ${incident}`;
}
