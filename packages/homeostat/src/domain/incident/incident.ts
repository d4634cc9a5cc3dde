import type { Layer } from "../finding/finding.ts";
import type { Instant } from "../instant.ts";
import type { Diagnosis } from "./diagnosis.ts";

export type IncidentState = "open" | "acknowledged" | "resolved";

/** Findings that belong together, with an owner, a timeline and a diagnosis. */
export interface Incident {
  /** 1, 2, 3 … over all systems. */
  readonly number: number;
  readonly system: string;
  readonly state: IncidentState;
  readonly severity: "warning" | "critical";
  readonly layer: Layer;
  readonly title: string;
  readonly owner: string;
  /** Processing time. */
  readonly openedAt: Instant;
  /** Event time of the first window that belongs to it. */
  readonly since: Instant;
  /** Event time: end of the window whose evaluation opened it. */
  readonly detectedAtEventTime: Instant;
  readonly acknowledgedBy: string | undefined;
  readonly resolvedAt: Instant | undefined;
  readonly findingIds: readonly string[];
  /** Of these, the ones that its timeline says are withdrawn; absent in incidents of before there was on-call. */
  readonly withdrawnIds?: readonly string[];
  readonly diagnosis: Diagnosis | undefined;
  /** A person's word that nothing was wrong: its page counts against the budget of false pages. */
  readonly falseAlarm?: FalseAlarm | undefined;
  /** A person's word on the cause, whatever the diagnosis said. */
  readonly linkedCause?: LinkedCause | undefined;
}

interface FalseAlarm {
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
}

/** What somebody found out to be the cause: a logged change, or a component whose change nobody logged. */
export interface LinkedCause {
  readonly at: Instant;
  readonly by: string;
  readonly component: string;
  /** Id in the change log; undefined: no logged change. */
  readonly change: string | undefined;
  readonly title: string;
  readonly note: string;
}

export interface TimelineEntry {
  readonly at: Instant;
  readonly kind:
    | "opened"
    | "finding"
    | "diagnosed"
    | "notified"
    | "acknowledged"
    | "resolved"
    | "note"
    | "withdrawn"
    | "assigned"
    | "false-alarm"
    | "cause-linked"
    /** What Homeostat did by itself. */
    | "action";
  readonly text: string;
  readonly actor: string | undefined;
}

export type IncidentDraft = Omit<
  Incident,
  "number" | "state" | "acknowledgedBy" | "resolvedAt" | "withdrawnIds" | "diagnosis" | "falseAlarm" | "linkedCause"
>;

export interface IncidentStore {
  /** Opens an incident and its first timeline entry in one transaction. */
  open(draft: IncidentDraft, entry: TimelineEntry): Promise<Incident>;
  get(number: number): Promise<Incident | undefined>;
  /** Newest first. */
  list(filter: { readonly system?: string; readonly state?: IncidentState }): Promise<readonly Incident[]>;
  /** Changes the given parts and adds an entry, in one transaction; undefined when there is no such incident. */
  change(
    number: number,
    parts: Partial<
      Pick<
        Incident,
        | "state"
        | "severity"
        | "title"
        | "since"
        | "owner"
        | "acknowledgedBy"
        | "resolvedAt"
        | "findingIds"
        | "diagnosis"
        | "falseAlarm"
        | "linkedCause"
        | "withdrawnIds"
      >
    >,
    entry: TimelineEntry,
  ): Promise<Incident | undefined>;
  timeline(number: number): Promise<readonly TimelineEntry[]>;
}

export type IncidentAct =
  | { readonly kind: "acknowledge"; readonly by: string }
  | { readonly kind: "resolve"; readonly by: string };

/** What an act does to an incident's state; acts that do not fit are refused with the reason. */
export function transition(
  state: IncidentState,
  act: IncidentAct,
):
  | { readonly kind: "moved"; readonly state: IncidentState }
  | { readonly kind: "refused"; readonly reason: "already-acknowledged" | "already-resolved" } {
  if (state === "resolved") return { kind: "refused", reason: "already-resolved" };
  if (act.kind === "resolve") return { kind: "moved", state: "resolved" };
  return state === "acknowledged"
    ? { kind: "refused", reason: "already-acknowledged" }
    : { kind: "moved", state: "acknowledged" };
}
