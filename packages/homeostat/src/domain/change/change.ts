import type { Instant } from "../instant.ts";

/** `training` changes nothing that answers, so it is never a suspect; all others are. */
type ChangeKind =
  | "deploy"
  | "schema"
  | "library"
  | "firmware"
  | "policy"
  | "data-source"
  | "vendor"
  | "infrastructure"
  | "training";

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

interface ChangeFilter {
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
  readonly system?: string;
  readonly component?: string;
  readonly kind?: ChangeKind;
}

export interface ChangeStore {
  /** The same id recorded again is the same change: the first one stays, and the answer is `known`. */
  record(change: Change): Promise<"recorded" | "known">;
  get(id: string): Promise<Change | undefined>;
  /** Oldest first. A system's list holds its own changes and those bound to no system. */
  list(filter: ChangeFilter): Promise<readonly Change[]>;
}
