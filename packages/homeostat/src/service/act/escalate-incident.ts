import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import { type Clock, type Instant, minuteMs } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import { targetWords } from "../../domain/notification/channel-declaration.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";
import { advanceEscalation, channelKey } from "../../domain/oncall/advance-escalation.ts";
import { type Escalation, type EscalationStore, newEscalation, type Page } from "../../domain/oncall/escalation.ts";
import { reachTarget } from "../../domain/oncall/reach-target.ts";
import { routeAlert } from "../../domain/oncall/route-alert.ts";
import type { System } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";
import { type PagingScene, pagingScene, type ScenePorts } from "./paging-scene.ts";

export interface EscalatePorts extends ScenePorts {
  readonly deliveries: DeliveryStore;
  readonly transaction: Transact<EscalateNouns>;
  readonly clock: Clock;
}

interface EscalateNouns {
  readonly incidents: IncidentStore;
  readonly escalations: EscalationStore;
  readonly jobs: Pick<JobQueue, "send">;
}

/** Nobody is told of one incident through one channel twice within this, by two policies. */
const sparingMs = minuteMs;

/**
 * Takes the telling about an incident as far as it goes now: routes it when it is new, begins the steps that are due, tells
 * those who were told that somebody has it or that it is over. What is decided and the messages it asks for are stored in
 * one transaction, so that a process that dies before or after it changes nothing, and two replicas page once. Safe to
 * repeat at any time.
 */
export async function escalateIncident(ports: EscalatePorts, number: number): Promise<void> {
  const incident = await ports.incidents.get(number);
  const stored = incident === undefined ? undefined : await ports.systems.get(incident.system);
  if (incident === undefined || stored === undefined) return;
  const now = ports.clock.now();
  const scene = await pagingScene(ports, stored.system, incident, now);
  const failed = await failedPages(ports.deliveries, number);
  await ports.transaction(async (inside) => {
    const fresh = await inside.incidents.get(number);
    if (fresh === undefined) return;
    await advanceAll(inside, stored.system, fresh, { scene, failed, now });
  });
}

async function failedPages(deliveries: DeliveryStore, incident: number): Promise<ReadonlySet<string>> {
  const failed = await deliveries.list({ incident, state: "failed" });
  return new Set(failed.map(({ notificationId }) => notificationId));
}

interface Found {
  readonly scene: PagingScene;
  readonly failed: ReadonlySet<string>;
  readonly now: Instant;
}

async function advanceAll(inside: EscalateNouns, system: System, incident: Incident, found: Found): Promise<void> {
  const known = await inside.escalations.ofIncident(incident.number);
  const escalations = known.length > 0 ? known : begun(system, incident, found);
  const spared = new Set(escalations.flatMap((one) => toldLately(one, found.now)));
  for (const escalation of escalations) {
    const own = new Set(toldLately(escalation, found.now));
    const { scene, failed, now } = found;
    const advance = advanceEscalation(escalation, {
      now,
      state: incident.state,
      acknowledgedBy: incident.acknowledgedBy,
      findings: incident.findingIds.length,
      standing: scene.standing.length,
      mute: scene.mute,
      reach: (target, index) => reachTarget(scene.facts, target, index, now),
      failed,
      spared: new Set([...spared].filter((key) => !own.has(key))),
    });
    await inside.escalations.save(advance.escalation);
    for (const page of advance.pages) {
      spared.add(channelKey(page));
      await inside.jobs.send("notify", { incident: incident.number, page }, { singleton: page.id, retryLimit: 20 });
    }
    await tellTimeline(inside, incident.number, advance, now);
  }
}

function begun(system: System, incident: Incident, { scene, now }: Found): readonly Escalation[] {
  const [lead] = scene.standing;
  // Findings that were all withdrawn meanwhile say no more whose they were; the incident still does.
  const alerts =
    lead === undefined
      ? [{ system: system.name, owner: incident.owner, severity: incident.severity, layer: incident.layer }]
      : scene.standing.filter(({ labels }) => labels.area === lead.labels.area).map(({ labels }) => labels);
  return routeAlert(system, alerts, scene.facts, now).map((path) =>
    newEscalation({ incident: incident.number, system: system.name, ...path }, now),
  );
}

function toldLately({ lastToldAt, told }: Escalation, now: Instant): readonly string[] {
  return lastToldAt === undefined || lastToldAt <= now - sparingMs ? [] : told.map(channelKey);
}

async function tellTimeline(
  { incidents }: EscalateNouns,
  number: number,
  { pages, notes, reopens }: ReturnType<typeof advanceEscalation>,
  at: Instant,
): Promise<void> {
  const raised = pages.filter(({ kind }) => kind === "incident.opened" || kind === "incident.escalated");
  const texts = [...notes, ...(raised.length === 0 ? [] : [raisedText(raised)])];
  const reopened = reopens ? ({ state: "open", acknowledgedBy: undefined } as const) : {};
  for (const text of texts)
    await incidents.change(number, reopened, {
      at,
      kind: text.startsWith("Told ") ? "notified" : "note",
      text,
      actor: undefined,
    });
}

/** `Told anna, ben: on call in data-weekly (layer weekly), step 1 of 2`. */
function raisedText(pages: readonly Page[]): string {
  const names = [...new Set(pages.map(({ person, declaration }) => person ?? targetWords(declaration)))];
  const reasons = [...new Set(pages.map(({ reason }) => reason))];
  return `Told ${names.join(", ")}: ${reasons.join("; ")}`;
}
