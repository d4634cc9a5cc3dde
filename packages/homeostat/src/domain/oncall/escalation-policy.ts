import type { NotifyTarget } from "../notification/channel-declaration.ts";

/** Somebody who can be on call. */
export interface Person {
  readonly name: string;
  readonly title: string;
  readonly contact: string;
  /** Every one of them is used at once; a person without any cannot be reached. */
  readonly notify: readonly NotifyTarget[];
}

export type EscalationTarget =
  | { readonly kind: "person"; readonly person: string }
  /** Whoever is on call when the step begins. */
  | { readonly kind: "schedule"; readonly schedule: string }
  | { readonly kind: "channel"; readonly declaration: NotifyTarget };

interface EscalationStep {
  readonly targets: readonly EscalationTarget[];
  /** Without an answer for so long, the next step begins. */
  readonly acknowledgeWithinMs: number;
}

/** Who is told, in what order, until somebody answers. */
export interface EscalationPolicy {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly EscalationStep[];
  /** How often the steps are gone through again before the last resort. */
  readonly repeats: number;
  /** Told when every step went unanswered, and at once where a schedule had nobody. Never a schedule. */
  readonly lastResort: readonly EscalationTarget[];
  /** An acknowledgement that brought no resolution in so long is over, and escalation begins anew; undefined: never. */
  readonly acknowledgementMs: number | undefined;
}

/** Policies and people by name; the last declaration of a name counts. */
export interface EscalationPolicyStore {
  savePolicies(policies: readonly EscalationPolicy[]): Promise<void>;
  policies(): Promise<readonly EscalationPolicy[]>;
  savePeople(people: readonly Person[]): Promise<void>;
  people(): Promise<readonly Person[]>;
}
