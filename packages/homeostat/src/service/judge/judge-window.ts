import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import {
  firstTitle,
  type Grouping,
  groupFindings,
  leadingFinding,
  ownerOf,
} from "../../domain/incident/group-findings.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import { type Clock, isoOf } from "../../domain/instant.ts";
import { invariant } from "../../domain/invariant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";

export interface JudgePorts {
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly jobs: JobQueue;
  readonly clock: Clock;
}

/**
 * Takes the findings of one evaluated window: joins them to the unresolved incident they belong to or opens one, and
 * sets the diagnosis going. Safe to repeat: a finding is in one incident, and an incident left without a diagnosis by a
 * try that ended halfway is diagnosed (and told) now. Windows of one system must be judged one at a time.
 */
export async function judgeWindow(
  ports: JudgePorts,
  system: System,
  window: Window,
  found: readonly Finding[],
): Promise<Incident | undefined> {
  // Warnings are shown and page nobody.
  const findings = found.filter((finding) => finding.severity === "critical");
  if (findings.length === 0) return undefined;
  const incidents = await ports.incidents.list({ system: system.name });
  const newest = await newestFindings(
    ports,
    incidents.filter((incident) => incident.state !== "resolved"),
  );
  const grouping = groupFindings(
    window,
    findings,
    incidents,
    (incident) => newest.get(incident.number) ?? incident.since,
  );
  const incident = await act(ports, system, window, grouping);
  if (incident === undefined) return undefined;
  await ports.jobs.send("diagnose", { incident: incident.number }, { singleton: `incident-${incident.number}` });
  return incident;
}

async function newestFindings(ports: JudgePorts, incidents: readonly Incident[]): Promise<ReadonlyMap<number, number>> {
  const entries = await Promise.all(
    incidents.map(async (incident) => {
      const own = await ports.findings.byIds(incident.findingIds);
      return [incident.number, Math.max(incident.since, ...own.map((finding) => finding.window.start))] as const;
    }),
  );
  return new Map(entries);
}

async function act(
  ports: JudgePorts,
  system: System,
  window: Window,
  grouping: Grouping,
): Promise<Incident | undefined> {
  const at = ports.clock.now();
  switch (grouping.kind) {
    case "nothing":
      return undefined;
    case "known":
      // Judged before. If that try ended before its diagnosis was set going, nobody was told yet.
      return grouping.incidents.find(({ state, diagnosis }) => state === "open" && diagnosis === undefined);
    case "join": {
      const { incident, findings } = grouping;
      const text = `${findings.length} more ${findings.length === 1 ? "finding" : "findings"} in the window of ${isoOf(window.start)}`;
      return ports.incidents.change(
        incident.number,
        { findingIds: [...incident.findingIds, ...findings.map((finding) => finding.id)] },
        { at, kind: "finding", text, actor: undefined },
      );
    }
    case "open": {
      const lead = leadingFinding(grouping.findings);
      invariant(lead !== undefined, "an incident opens on at least one finding");
      const title = firstTitle(grouping.findings);
      const incident = await ports.incidents.open(
        {
          system: system.name,
          severity: "critical",
          layer: lead.layer,
          title,
          owner: ownerOf(system, lead),
          openedAt: at,
          since: window.start,
          detectedAtEventTime: window.end,
          findingIds: grouping.findings.map((finding) => finding.id),
        },
        { at, kind: "opened", text: lead.sentence, actor: undefined },
      );
      return incident;
    }
  }
}
