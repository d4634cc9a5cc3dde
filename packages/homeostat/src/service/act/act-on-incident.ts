import type { ChangeStore } from "../../domain/change/change.ts";
import type { Incident, IncidentStore, TimelineEntry } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { SystemStore } from "../../domain/system/system.ts";

interface ActPorts {
  readonly incidents: IncidentStore;
  readonly systems: Pick<SystemStore, "owners">;
  readonly changes: Pick<ChangeStore, "get">;
  readonly clock: Clock;
}

export type IncidentDeed =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "assign"; readonly owner: string; readonly note: string | undefined }
  | { readonly kind: "false-alarm"; readonly reason: string }
  | {
      readonly kind: "link-cause";
      readonly change: string | undefined;
      readonly component: string | undefined;
      readonly note: string | undefined;
    };

export type DeedOutcome =
  | { readonly kind: "done"; readonly incident: Incident; readonly resolved: boolean }
  | {
      readonly kind: "refused";
      readonly reason:
        | "unknown-incident"
        | "unknown-owner"
        | "same-owner"
        | "already-false-alarm"
        | "unknown-change"
        | "change-or-component"
        | "no-title";
      readonly message: string;
    };

type Refused = Extract<DeedOutcome, { readonly kind: "refused" }>;
type Deed = { readonly parts: Parameters<IncidentStore["change"]>[1]; readonly entry: TimelineEntry };

/** What a person does to an incident beside acknowledging and resolving it, with who and why in its timeline. */
export async function actOnIncident(
  ports: ActPorts,
  number: number,
  deed: IncidentDeed,
  by: string,
): Promise<DeedOutcome> {
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return unknownIncident(number);
  const done = await deedOn(ports, incident, deed, by);
  if ("reason" in done) return done;
  const changed = await ports.incidents.change(number, done.parts, done.entry);
  if (changed === undefined) return unknownIncident(number);
  return {
    kind: "done",
    incident: changed,
    resolved: incident.state !== "resolved" && changed.state === "resolved",
  };
}

const refuse = (reason: Refused["reason"], message: string): Refused => ({ kind: "refused", reason, message });
const unknownIncident = (number: number): Refused => refuse("unknown-incident", `There is no incident ${number}.`);
const withNote = (text: string, note: string | undefined): string =>
  note === undefined || note === "" ? text : `${text}: ${note}`;

async function deedOn(ports: ActPorts, incident: Incident, deed: IncidentDeed, by: string): Promise<Deed | Refused> {
  const at = ports.clock.now();
  switch (deed.kind) {
    case "note":
      return { parts: {}, entry: { at, kind: "note", text: deed.text, actor: by } };
    case "assign": {
      const owners = (await ports.systems.owners()).map(({ name }) => name);
      if (!owners.includes(deed.owner))
        return refuse("unknown-owner", `There is no owner ${deed.owner}; declared are ${owners.join(", ")}.`);
      if (deed.owner === incident.owner)
        return refuse("same-owner", `Incident ${incident.number} is ${deed.owner}'s already.`);
      const text = withNote(`assigned to ${deed.owner}, who takes it over from ${incident.owner}`, deed.note);
      return { parts: { owner: deed.owner }, entry: { at, kind: "assigned", text, actor: by } };
    }
    case "false-alarm": {
      if (incident.falseAlarm !== undefined)
        return refuse("already-false-alarm", `Incident ${incident.number} is marked as a false alarm already.`);
      const falseAlarm = { at, by, reason: deed.reason };
      const over = incident.state === "resolved" ? {} : { state: "resolved" as const, resolvedAt: at };
      return {
        parts: { ...over, falseAlarm },
        entry: { at, kind: "false-alarm", text: `marked as a false alarm by ${by}: ${deed.reason}`, actor: by },
      };
    }
    case "link-cause":
      return linkCause(ports, deed, by, at);
  }
}

async function linkCause(
  ports: ActPorts,
  deed: Extract<IncidentDeed, { readonly kind: "link-cause" }>,
  by: string,
  at: number,
): Promise<Deed | Refused> {
  if ((deed.change === undefined) === (deed.component === undefined))
    return refuse("change-or-component", "Name either a logged change by its id or a component.");
  const note = deed.note ?? "";
  const change = deed.change === undefined ? undefined : await ports.changes.get(deed.change);
  if (deed.change !== undefined && change === undefined)
    return refuse("unknown-change", `There is no change ${deed.change} in the change log.`);
  if (change === undefined && note === "")
    return refuse("no-title", "Say in the note what happened: the change is in no log.");
  const component = change?.component ?? deed.component ?? "";
  const title = change?.title ?? note;
  return {
    parts: { linkedCause: { at, by, component, change: change?.id, title, note } },
    entry: { at, kind: "cause-linked", text: `cause said by ${by}: ${title} (${component})`, actor: by },
  };
}
