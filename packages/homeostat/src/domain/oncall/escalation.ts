import type { Instant } from "../instant.ts";
import type { NotifyTarget } from "../notification/channel-declaration.ts";
import type { NotificationKind } from "../notification/notification.ts";
import type { EscalationPolicy } from "./escalation-policy.ts";
import type { GroupTiming } from "./oncall-rule.ts";

/** One way to one person, or a channel that nobody in particular reads. */
export interface Recipient {
  /** Stable, e.g. `person-anna-0`, `channel-1`. */
  readonly key: string;
  readonly person: string | undefined;
  readonly declaration: NotifyTarget;
  /** Why this one, e.g. `on call in data-weekly (layer weekly)`. */
  readonly reason: string;
}

/** One message to one recipient. */
export interface Page extends Recipient {
  /** One per incident, step, recipient and attempt: a page that is sent again after a crash has the same. */
  readonly id: string;
  readonly kind: NotificationKind;
}

/**
 * `waiting`: for what belongs together. `muted`: nobody is told for now. `escalating`: told, not answered. `told`: nobody is
 * left to be told. `quiet`: no finding stands any more. `acknowledged`: somebody has it. `ended`: the incident is resolved.
 */
type EscalationPhase = "waiting" | "muted" | "escalating" | "told" | "quiet" | "acknowledged" | "ended";

/** How far telling about one incident by one policy has come. */
export interface Escalation {
  readonly incident: number;
  readonly system: string;
  /** As it was when the incident was routed: edits do not reach what is under way. */
  readonly policy: EscalationPolicy;
  readonly timing: GroupTiming;
  /** Why this policy. */
  readonly why: string;
  readonly phase: EscalationPhase;
  /** Rounds begun. */
  readonly attempt: number;
  /** Times that the steps of this round were gone through before. */
  readonly pass: number;
  /** The step begun last; the number of steps for the last resort. */
  readonly step: number;
  /** When the phase goes on by itself. */
  readonly stepAt: Instant | undefined;
  /** When it is to be looked at again; undefined: when something happens. */
  readonly nextAt: Instant | undefined;
  readonly lastToldAt: Instant | undefined;
  /** Findings of the incident when somebody was told last. */
  readonly toldFindings: number;
  /** Everybody told so far, each once: they hear of the end. */
  readonly told: readonly Recipient[];
  /** Pages of the step begun last. */
  readonly current: readonly string[];
  /** Why nobody is told. */
  readonly mute: string | undefined;
}

export interface EscalationStore {
  /** In the order in which they were made. Inside a transaction they stay locked until its end. */
  ofIncident(incident: number): Promise<readonly Escalation[]>;
  /** One per incident and policy. */
  save(escalation: Escalation): Promise<void>;
  /** Incidents with an escalation to be looked at now. */
  due(now: Instant): Promise<readonly number[]>;
}

/** The beginning: nothing is told yet. */
export function newEscalation(
  parts: Pick<Escalation, "incident" | "system" | "policy" | "timing" | "why">,
  now: Instant,
): Escalation {
  const stepAt = now + parts.timing.waitMs;
  return {
    ...parts,
    phase: "waiting",
    attempt: 0,
    pass: 0,
    step: 0,
    stepAt,
    nextAt: stepAt,
    lastToldAt: undefined,
    toldFindings: 0,
    told: [],
    current: [],
    mute: undefined,
  };
}
