import type { Instant } from "../instant.ts";
import type { MadeDeclaration } from "./make-declaration.ts";

export type PostmortemState = "draft" | "published";

/** One version of what was learned from an incident. Versions are kept; the newest counts. */
export interface Postmortem {
  readonly incident: number;
  readonly system: string;
  /** 1, 2, 3 … of one incident. */
  readonly version: number;
  readonly state: PostmortemState;
  readonly title: string;
  /** The whole text; its actions stand in it as a list, see `actionsIn`. */
  readonly markdown: string;
  /** What was made of actions, kept over all versions. */
  readonly made: readonly MadeAction[];
  readonly at: Instant;
  readonly by: string;
}

/** A declaration that was written for an action; done when it was applied. */
interface MadeAction {
  /** `A1`, as in the text. */
  readonly action: string;
  readonly declaration: MadeDeclaration;
  readonly at: Instant;
  readonly by: string;
  readonly appliedAt: Instant | undefined;
}

export interface PostmortemStore {
  /** Keeps a version; `taken` when that version of the incident's postmortem exists already. */
  save(postmortem: Postmortem): Promise<"saved" | "taken">;
  /** The newest version, or the one asked for. */
  get(incident: number, version?: number): Promise<Postmortem | undefined>;
  /** Oldest first, without their texts. */
  versions(incident: number): Promise<readonly Pick<Postmortem, "version" | "state" | "at" | "by">[]>;
  /** The newest version of each, newest incident first. */
  list(system: string | undefined): Promise<readonly Postmortem[]>;
}
