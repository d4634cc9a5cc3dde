import type { BaselineStore } from "../../domain/baseline/baseline.ts";
import type { Incident } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";
import { actionsIn, type MakeKind, numberActions, tickActions } from "../../domain/postmortem/actions-in.ts";
import { draftPostmortem } from "../../domain/postmortem/draft-postmortem.ts";
import { isApplied, type MadeDeclaration, makeDeclaration } from "../../domain/postmortem/make-declaration.ts";
import type { Postmortem } from "../../domain/postmortem/postmortem.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import { findSimilar, type SimilarPorts } from "./find-similar.ts";
import { type ImpactPorts, measureImpact } from "./measure-impact.ts";

export interface PostmortemPorts extends SimilarPorts, ImpactPorts {
  readonly systems: SystemStore;
  readonly baselines: BaselineStore;
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
}

interface Refused {
  readonly kind: "refused";
  readonly reason:
    | "unknown-incident"
    | "no-postmortem"
    | "exists-already"
    | "changed-meanwhile"
    | "already-published"
    | "unknown-action"
    | "cannot-be-made";
  readonly message: string;
}

export type PostmortemOutcome = { readonly kind: "kept"; readonly postmortem: Postmortem } | Refused;

const refuse = (reason: Refused["reason"], message: string): Refused => ({ kind: "refused", reason, message });
const noIncident = (number: number): Refused => refuse("unknown-incident", `There is no incident ${number}.`);
const similarShown = 5;

/** Writes the first draft from timeline, diagnosis and counts. With `again` a new version is drafted over an older one. */
export async function draftPostmortemOf(
  ports: PostmortemPorts,
  number: number,
  by: string,
  again: boolean,
): Promise<PostmortemOutcome> {
  const known = await ports.postmortems.get(number);
  if (known !== undefined && !again)
    return refuse("exists-already", `Incident ${number} has a postmortem already: version ${known.version}.`);
  const incident = await ports.incidents.get(number);
  const system = (await ports.systems.get(incident?.system ?? ""))?.system;
  if (incident === undefined || system === undefined) return noIncident(number);
  const markdown = await draftText(ports, incident, system);
  return keep(ports, {
    incident: number,
    system: system.name,
    version: (known?.version ?? 0) + 1,
    state: "draft",
    title: incident.title,
    markdown,
    made: known?.made ?? [],
    at: ports.clock.now(),
    by,
  });
}

async function draftText(ports: PostmortemPorts, incident: Incident, system: System): Promise<string> {
  const findings = (await ports.findings.byIds(incident.findingIds)).filter(
    ({ withdrawnAt }) => withdrawnAt === undefined,
  );
  const [timeline, deliveries, impact, similar] = await Promise.all([
    ports.incidents.timeline(incident.number),
    ports.deliveries.list({ incident: incident.number }),
    measureImpact(ports, system, incident, findings),
    findSimilar(ports, incident.number, { most: similarShown, systems: undefined }),
  ]);
  const titled = await Promise.all(
    (similar ?? []).map(async ({ incident: other, shared }) => ({
      incident: other,
      shared,
      title: (await ports.incidents.get(other))?.title ?? "",
    })),
  );
  return draftPostmortem({ incident, system, findings, timeline, deliveries, impact, similar: titled });
}

/** A new version with another text; refused when somebody wrote one meanwhile. */
export async function editPostmortem(
  ports: PostmortemPorts,
  number: number,
  edit: { readonly markdown: string; readonly basedOn: number },
  by: string,
): Promise<PostmortemOutcome> {
  return change(ports, number, by, (known) =>
    known.version === edit.basedOn
      ? { markdown: numberActions(edit.markdown) }
      : refuse(
          "changed-meanwhile",
          `Version ${known.version} was written by ${known.by} after version ${edit.basedOn}: read it, then edit it.`,
        ),
  );
}

/** Says that it is finished. It may still be edited, and stays published. */
export async function publishPostmortem(
  ports: PostmortemPorts,
  number: number,
  by: string,
): Promise<PostmortemOutcome> {
  return change(ports, number, by, (known) =>
    known.state === "draft"
      ? { state: "published" }
      : refuse("already-published", `The postmortem of incident ${number} is published already.`),
  );
}

async function change(
  ports: PostmortemPorts,
  number: number,
  by: string,
  what: (known: Postmortem) => Partial<Pick<Postmortem, "markdown" | "state" | "made">> | Refused,
): Promise<PostmortemOutcome> {
  const known = await ports.postmortems.get(number);
  if (known === undefined)
    return refuse(
      "no-postmortem",
      `Incident ${number} has no postmortem yet: homeostat postmortem ${number} drafts it.`,
    );
  const parts = what(known);
  if ("reason" in parts) return parts;
  return keep(ports, { ...known, ...parts, version: known.version + 1, at: ports.clock.now(), by });
}

async function keep(ports: PostmortemPorts, postmortem: Postmortem): Promise<PostmortemOutcome> {
  const saved = await ports.postmortems.save(postmortem);
  return saved === "saved"
    ? { kind: "kept", postmortem }
    : refuse("changed-meanwhile", `Somebody wrote version ${postmortem.version} at the same moment: read it first.`);
}

export type MakeOutcome =
  | { readonly kind: "made"; readonly declaration: MadeDeclaration; readonly postmortem: Postmortem }
  | Refused;

/**
 * Writes the declaration that an action asks for, and remembers it: when a later apply brings it, the action is done.
 * Nothing is applied here.
 */
export async function makeOfAction(
  ports: PostmortemPorts,
  number: number,
  order: { readonly action: string; readonly make: MakeKind; readonly field: string | undefined },
  by: string,
): Promise<MakeOutcome> {
  const known = await ports.postmortems.get(number);
  const incident = await ports.incidents.get(number);
  const system = (await ports.systems.get(incident?.system ?? ""))?.system;
  if (known === undefined || incident === undefined || system === undefined)
    return refuse(
      "no-postmortem",
      `Incident ${number} has no postmortem yet: homeostat postmortem ${number} drafts it.`,
    );
  const actions = actionsIn(known.markdown);
  if (!actions.some(({ id }) => id === order.action))
    return refuse(
      "unknown-action",
      `The postmortem has no action ${order.action}; it has ${actions.map(({ id }) => id).join(", ") || "none"}.`,
    );
  const findings = await ports.findings.byIds(incident.findingIds);
  const making = makeDeclaration(order.make, {
    incident,
    system,
    findings,
    field: order.field,
    categories: await categoriesOf(ports, system),
  });
  if (making.kind === "refused")
    return refuse(making.reason === "exists-already" ? "exists-already" : "cannot-be-made", `${making.message}.`);
  const { declaration } = making;
  const at = ports.clock.now();
  const made = [
    ...known.made.filter(({ action }) => action !== order.action),
    { action: order.action, declaration, at, by, appliedAt: undefined },
  ];
  const kept = await keep(ports, { ...known, made, version: known.version + 1, at, by });
  return kept.kind === "refused" ? kept : { kind: "made", declaration, postmortem: kept.postmortem };
}

/** More values than this and nobody wants them listed. */
const mostCategories = 100;

async function categoriesOf(
  ports: PostmortemPorts,
  system: System,
): Promise<(feature: string) => readonly string[] | undefined> {
  const release = (await ports.releases.list(system.name)).find(({ stage }) => stage === "live");
  const baseline =
    release?.baseline === undefined ? undefined : await ports.baselines.get(system.name, release.baseline);
  return (feature) => {
    const binning = baseline?.features.find(({ name }) => name === feature)?.binning;
    if (binning?.kind !== "categorical") return undefined;
    const values = [...binning.categories, ...binning.others];
    return !binning.othersComplete || values.length > mostCategories ? undefined : values;
  };
}

/** After an apply: actions whose declaration is in force now are ticked, in a new version of their postmortem. */
export async function tickAppliedActions(ports: PostmortemPorts, systems: readonly string[]): Promise<void> {
  for (const name of systems) {
    const system = (await ports.systems.get(name))?.system;
    if (system === undefined) continue;
    for (const known of await ports.postmortems.list(name)) {
      const at = ports.clock.now();
      const due = known.made.filter((one) => one.appliedAt === undefined && isApplied(system, one.declaration));
      if (due.length === 0) continue;
      await keep(ports, {
        ...known,
        markdown: tickActions(known.markdown, new Set(due.map(({ action }) => action))),
        made: known.made.map((one) => (due.includes(one) ? { ...one, appliedAt: at } : one)),
        version: known.version + 1,
        at,
        by: "apply",
      });
    }
  }
}
