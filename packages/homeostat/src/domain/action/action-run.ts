import type { Instant } from "../instant.ts";
import type { ActionDeed, ActionRule } from "./action-rule.ts";

/**
 * `waiting`: for somebody's word. `running`: being done. `dry-run`: would be done. `cooling`: the same deed was done to the
 * system a short time ago. `refused`: it cannot be done now. `rejected`: somebody said no. `failed`: the world failed.
 */
export type ActionState = "waiting" | "running" | "done" | "dry-run" | "cooling" | "refused" | "rejected" | "failed";

/** One rule on one incident: there is never a second run of the pair. */
export interface ActionRun {
  readonly incident: number;
  readonly system: string;
  /** The rule's name. */
  readonly action: string;
  readonly deed: ActionDeed;
  readonly coolDownMs: number;
  readonly state: ActionState;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  /** Who approved or rejected; undefined: nobody was asked. */
  readonly decidedBy: string | undefined;
  /** What stood before and after, in words, e.g. the live release. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** What happened, in words. */
  readonly text: string;
}

export interface ActionStore {
  /**
   * Begins the run of a rule on an incident, one at a time for a deed (`deedKey`) and a system: `make` sees the runs of the deed that
   * were done, or are being done, since a time, newest first. Where the pair has a run already, that one is answered.
   */
  begin(
    pair: Pick<ActionRun, "incident" | "system" | "action">,
    deed: string,
    since: Instant,
    make: (recent: readonly ActionRun[]) => ActionRun,
  ): Promise<{ readonly kind: "begun" | "known"; readonly run: ActionRun }>;
  /** Changes a run that is in the expected state; undefined when it is not. */
  change(
    key: Pick<ActionRun, "incident" | "action">,
    expected: ActionState,
    parts: Partial<Omit<ActionRun, "incident" | "system" | "action">>,
  ): Promise<ActionRun | undefined>;
  get(incident: number, action: string): Promise<ActionRun | undefined>;
  /** Newest first. */
  list(filter: {
    readonly system?: string | undefined;
    readonly incident?: number | undefined;
    readonly state?: ActionState | undefined;
  }): Promise<readonly ActionRun[]>;
  /** Runs of a deed that were done, or are being done, to a system since a time, newest first. */
  doneSince(system: string, deed: string, since: Instant): Promise<readonly ActionRun[]>;
}

/** How a run of a rule begins, given the runs of the same deed that were done within the cool-down. Pure. */
export function beginning(
  rule: ActionRule,
  recent: readonly Pick<ActionRun, "incident" | "action" | "changedAt">[],
): { readonly state: Extract<ActionState, "waiting" | "running" | "dry-run" | "cooling">; readonly text: string } {
  const [last] = recent;
  if (last !== undefined && rule.mode !== "dry-run")
    return {
      state: "cooling",
      text: `not done: ${rule.act.kind} was done for incident ${last.incident} (${last.action}) within the cool-down`,
    };
  switch (rule.mode) {
    case "automatic":
      return { state: "running", text: "begun" };
    case "approval":
      return { state: "waiting", text: "waits for somebody's approval" };
    case "dry-run":
      return { state: "dry-run", text: "a dry run: nothing was done" };
  }
}
