import type { Instant } from "../instant.ts";

type ChangeKind = "deploy" | "schema" | "library" | "firmware" | "policy" | "data-source";

/** Something that changed, tied to a component. */
export interface Change {
  readonly id: string;
  readonly component: string;
  readonly kind: ChangeKind;
  readonly title: string;
  /** When it took effect. */
  readonly time: Instant;
  readonly recordedAt: Instant;
  readonly actor: string | undefined;
  /** undefined: concerns every system that depends on the component. */
  readonly system: string | undefined;
}

export interface ChangeStore {
  record(change: Change): Promise<void>;
  /** Oldest first. A system's list holds its own changes and those bound to no system. */
  list(filter: {
    readonly from?: Instant;
    readonly to?: Instant;
    readonly system?: string;
  }): Promise<readonly Change[]>;
}
