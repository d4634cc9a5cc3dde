import type { Change } from "../change/change.ts";
import type { Layer, Severity } from "../finding/finding.ts";

/** What a system declares to be done about an incident, when, and whether somebody is asked first. */
export interface ActionRule {
  /** Unique in the system. */
  readonly name: string;
  readonly when: ActionCondition;
  readonly act: ActionDeed;
  /** `dry-run` only writes down what would be done. */
  readonly mode: "automatic" | "approval" | "dry-run";
  /** The same deed is not done twice to a system within it, whichever rule asks. */
  readonly coolDownMs: number;
}

/** All parts that are given must hold; findings that are named must be among those of the incident. */
export interface ActionCondition {
  readonly event: ActionEvent;
  readonly layer?: Layer | undefined;
  readonly severity?: Severity | undefined;
  /** A monitor by its name in the system, or a kind of monitors. */
  readonly monitor?: string | undefined;
  /** The owned area of the monitor that found it. */
  readonly area?: string | undefined;
  /** Every value of a segment where `value` is undefined. */
  readonly segment?: { readonly name: string; readonly value: string | undefined } | undefined;
  readonly feature?: string | undefined;
  readonly cause?: CauseCondition | undefined;
}

/** `incident.opened`: it opened, or findings joined it. `incident.diagnosed`: its diagnosis is there, or was made anew. */
export type ActionEvent = "incident.opened" | "incident.diagnosed";

export interface CauseCondition {
  /** The component, or with `*` at the end how its name begins; undefined: any. */
  readonly component: string | undefined;
  readonly kind: Change["kind"] | undefined;
  /** From which posterior of one logged change on. */
  readonly probability: number;
}

export type ActionDeed =
  /** The previous release live again: model, pipeline and baseline together. */
  | { readonly kind: "rollback" }
  /** The declared fallbacks answer instead of the live release, until the incident is resolved. */
  | { readonly kind: "fallback" }
  /** The model gets the baseline's middle value of one feature, until the incident is resolved. */
  | { readonly kind: "freeze-feature"; readonly feature: string }
  /** A dataset of the newest labelled rows, and a model trained on it; nothing goes live. */
  | {
      readonly kind: "retrain";
      readonly timeField: string;
      readonly rowsOfMs: number;
      readonly heldOutMs: number;
      readonly maxTrainingRows: number;
    };

/** Deeds with one key are the same deed: to freeze one feature is not to freeze another. */
export function deedKey(deed: ActionDeed): string {
  return deed.kind === "freeze-feature" ? `${deed.kind} ${deed.feature}` : deed.kind;
}
