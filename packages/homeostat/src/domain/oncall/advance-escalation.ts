import type { IncidentState } from "../incident/incident.ts";
import { type Instant, minuteMs } from "../instant.ts";
import type { NotificationKind } from "../notification/notification.ts";
import type { Escalation, Page, Recipient } from "./escalation.ts";
import type { EscalationTarget } from "./escalation-policy.ts";
import type { Mute } from "./mute.ts";
import type { Reached } from "./reach-target.ts";

/** Everything that decides what happens next. */
export interface EscalationScene {
  readonly now: Instant;
  readonly state: IncidentState;
  readonly acknowledgedBy: string | undefined;
  /** Findings that the incident ever had. */
  readonly findings: number;
  /** Of these, not withdrawn. */
  readonly standing: number;
  /** Set when every finding that stands is muted. */
  readonly mute: Mute | undefined;
  readonly reach: (target: EscalationTarget, index: number) => Reached;
  /** Pages whose delivery was given up. */
  readonly failed: ReadonlySet<string>;
  /** Recipients (see `channelKey`) whom another policy told of this incident within the last minute. */
  readonly spared: ReadonlySet<string>;
}

/** What to do: save the escalation, send the pages, write the notes into the timeline, open the incident again. */
export interface Advance {
  readonly escalation: Escalation;
  readonly pages: readonly Page[];
  readonly notes: readonly string[];
  readonly reopens: boolean;
}

/** How often a muted incident is looked at again: a silence may be added or taken back at any time. */
const mutedRecheckMs = minuteMs;

/** The same channel under two names is one. */
export function channelKey({ declaration }: Pick<Recipient, "declaration">): string {
  return JSON.stringify(Object.entries(declaration).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * Takes an escalation as far as it goes now. Repeating it at the same instant changes nothing and sends nothing, so a
 * process that died on the way is followed by another one. Pure. Cost: O(steps × targets).
 */
export function advanceEscalation(escalation: Escalation, scene: EscalationScene): Advance {
  const work = new Work(escalation, scene);
  work.go();
  return work.done();
}

/** One advance under way. */
class Work {
  #escalation: Escalation;
  readonly #scene: EscalationScene;
  readonly #pages: Page[] = [];
  readonly #notes: string[] = [];
  #reopens = false;

  constructor(escalation: Escalation, scene: EscalationScene) {
    this.#escalation = escalation;
    this.#scene = scene;
  }

  done(): Advance {
    const { stepAt, phase } = this.#escalation;
    const updateAt = this.#updateAt();
    const times = [stepAt, updateAt].filter((at) => at !== undefined);
    const nextAt = phase === "ended" || times.length === 0 ? undefined : Math.min(...times);
    return {
      escalation: { ...this.#escalation, nextAt },
      pages: this.#pages,
      notes: this.#notes,
      reopens: this.#reopens,
    };
  }

  go(): void {
    const { phase } = this.#escalation;
    const { state } = this.#scene;
    if (phase === "ended") return;
    if (state === "resolved") this.#end();
    else if (state === "acknowledged" && phase !== "acknowledged") this.#acknowledge();
    else if (phase === "acknowledged") this.#stayAcknowledged();
    else if (phase === "escalating") this.#escalate();
    else if (phase === "told" && !this.#isDue()) this.#update();
    else if (phase !== "waiting" || this.#isDue()) this.#begin();
  }

  #isDue(): boolean {
    const { stepAt } = this.#escalation;
    return stepAt !== undefined && stepAt <= this.#scene.now;
  }

  #set(parts: Partial<Escalation>): void {
    this.#escalation = { ...this.#escalation, ...parts };
  }

  #end(): void {
    const { told } = this.#escalation;
    this.#send("incident.resolved", told, "it is over");
    if (told.length === 0) this.#notes.push("It was over before anybody was told.");
    this.#set({ phase: "ended", stepAt: undefined });
  }

  #acknowledge(): void {
    const { told, policy } = this.#escalation;
    this.#send("incident.acknowledged", told, `${this.#scene.acknowledgedBy ?? "somebody"} has it`);
    const { acknowledgementMs } = policy;
    this.#set({
      phase: "acknowledged",
      stepAt: acknowledgementMs === undefined ? undefined : this.#scene.now + acknowledgementMs,
    });
  }

  #stayAcknowledged(): void {
    if (this.#scene.state === "acknowledged" && !this.#isDue()) {
      this.#update();
      return;
    }
    if (this.#scene.state === "acknowledged") {
      this.#notes.push(
        `The acknowledgement by ${this.#scene.acknowledgedBy ?? "somebody"} ran out: escalation begins again.`,
      );
      this.#reopens = true;
    }
    this.#begin();
  }

  /** Nobody is told while no finding stands or every one is muted; false then. */
  #mayTell(): boolean {
    const { standing, mute, now } = this.#scene;
    const { phase } = this.#escalation;
    if (standing === 0) {
      if (phase !== "quiet") this.#notes.push("Nobody is told: every finding was withdrawn.");
      this.#set({ phase: "quiet", stepAt: undefined, mute: undefined });
      return false;
    }
    if (mute !== undefined) {
      if (this.#escalation.mute !== mute.by) this.#notes.push(`Nobody is told: ${mute.by}.`);
      const recheckAt = now + mutedRecheckMs;
      this.#set({ phase: "muted", stepAt: Math.min(mute.until ?? recheckAt, recheckAt), mute: mute.by });
      return false;
    }
    this.#set({ mute: undefined });
    return true;
  }

  /** A round from the first step. */
  #begin(): void {
    if (!this.#mayTell()) return;
    this.#set({ phase: "escalating", attempt: this.#escalation.attempt + 1, pass: 0, step: 0 });
    this.#walk({ reached: false });
  }

  #escalate(): void {
    const { current } = this.#escalation;
    const isLost = current.length > 0 && current.every((id) => this.#scene.failed.has(id));
    if (!this.#isDue() && !isLost) {
      this.#update();
      return;
    }
    if (!this.#mayTell()) return;
    if (isLost) this.#notes.push(`Step ${this.#escalation.step + 1} reached nobody: every message was given up.`);
    this.#next({ reached: true });
  }

  /** Begins the step that stands in the escalation, and those behind it while nobody is reached or no time is given. */
  #walk(pass: { reached: boolean }): void {
    const { policy, step } = this.#escalation;
    const declared = policy.steps[step];
    if (declared === undefined) {
      this.#tellLastResort();
      return;
    }
    const recipients = this.#resolve(declared.targets, `step ${step + 1} of ${policy.steps.length}`);
    const kind: NotificationKind = this.#escalation.told.length === 0 ? "incident.opened" : "incident.escalated";
    const sent = this.#send(kind, recipients, "");
    this.#set({ current: sent.map(({ id }) => id), stepAt: this.#scene.now + declared.acknowledgeWithinMs });
    const reached = pass.reached || recipients.length > 0;
    if (recipients.length === 0 || declared.acknowledgeWithinMs === 0) this.#next({ reached });
  }

  #next(pass: { reached: boolean }): void {
    const { policy, step, pass: passes } = this.#escalation;
    if (step + 1 < policy.steps.length) this.#set({ step: step + 1 });
    else if (step < policy.steps.length && passes < policy.repeats && pass.reached)
      this.#set({ pass: passes + 1, step: 0 });
    else if (step < policy.steps.length) this.#set({ step: policy.steps.length });
    else {
      this.#rest();
      return;
    }
    this.#walk(step + 1 < policy.steps.length ? pass : { reached: false });
  }

  #tellLastResort(): void {
    const { policy } = this.#escalation;
    if (policy.lastResort.length === 0) {
      this.#rest();
      return;
    }
    const recipients = this.#resolve(policy.lastResort, "last resort");
    const kind: NotificationKind = this.#escalation.told.length === 0 ? "incident.opened" : "incident.escalated";
    const sent = this.#send(kind, recipients, "");
    this.#set({ current: sent.map(({ id }) => id) });
    if (this.#escalation.attempt === 1 || recipients.length === 0)
      this.#notes.push(
        recipients.length === 0
          ? "Nobody could be told: the last resort cannot be reached."
          : `Nobody answered any step of ${policy.name}: the last resort is told.`,
      );
    this.#rest();
  }

  /** Everybody was told. Another round after the repeat interval, where there is one. */
  #rest(): void {
    const { timing } = this.#escalation;
    const { now } = this.#scene;
    if (timing.repeatMs === undefined) {
      this.#set({ phase: "told", stepAt: undefined });
      return;
    }
    const grain = timing.intervalMs ?? timing.repeatMs;
    this.#set({ phase: "told", stepAt: now + Math.ceil(timing.repeatMs / grain) * grain });
  }

  /** Recipients of targets, each channel once. A schedule with nobody is an alert of its own, to the last resort. */
  #resolve(targets: readonly EscalationTarget[], where: string): readonly Recipient[] {
    const recipients: Recipient[] = [];
    for (const [index, target] of targets.entries()) {
      const reached = this.#scene.reach(target, index);
      if (reached.kind === "nobody") {
        this.#notes.push(`${capital(reached.why)} (${where} of ${this.#escalation.policy.name}).`);
        if (target.kind === "schedule") this.#tellOfNobody(reached.why, target.schedule);
        continue;
      }
      recipients.push(...reached.recipients.map((one) => ({ ...one, reason: `${one.reason}, ${where}` })));
    }
    return [...new Map(recipients.map((one) => [channelKey(one), one])).values()];
  }

  #tellOfNobody(why: string, schedule: string): void {
    const { policy } = this.#escalation;
    const recipients = policy.lastResort.flatMap((target, index) => {
      const reached = this.#scene.reach(target, index);
      return reached.kind === "reached" ? reached.recipients : [];
    });
    this.#send("oncall.nobody", recipients, why, `nobody_${schedule}`);
  }

  #update(): void {
    const { toldFindings, told } = this.#escalation;
    const updateAt = this.#updateAt();
    const { now, findings } = this.#scene;
    if (updateAt === undefined || updateAt > now) return;
    const more = findings - toldFindings;
    this.#send("incident.updated", told, `${more} more ${more === 1 ? "finding" : "findings"}`, `${findings}`);
  }

  #updateAt(): Instant | undefined {
    const { timing, lastToldAt, toldFindings, phase } = this.#escalation;
    const hears = phase === "escalating" || phase === "told" || phase === "acknowledged";
    if (!hears || timing.intervalMs === undefined || lastToldAt === undefined) return undefined;
    const { findings, standing, mute, now } = this.#scene;
    if (findings <= toldFindings || standing === 0) return undefined;
    const at = lastToldAt + timing.intervalMs;
    return mute === undefined ? at : Math.max(at, now + mutedRecheckMs);
  }

  #send(kind: NotificationKind, recipients: readonly Recipient[], reason: string, what = ""): readonly Page[] {
    const { incident, policy, attempt, pass, step, told } = this.#escalation;
    const place = what === "" ? `${attempt}_${pass}_${step}` : `${attempt}_${what}`;
    const raises = kind === "incident.opened" || kind === "incident.escalated";
    const pages = recipients
      .filter((recipient) => !raises || !this.#scene.spared.has(channelKey(recipient)))
      .map(
        (recipient): Page => ({
          ...recipient,
          reason: reason === "" ? recipient.reason : reason,
          id: `${kind}-${incident}_${policy.name}_${place}_${recipient.key}`,
          kind,
        }),
      );
    this.#pages.push(...pages);
    if (recipients.length === 0) return pages;
    this.#set({
      lastToldAt: this.#scene.now,
      toldFindings: this.#scene.findings,
      told: [...new Map([...told, ...recipients].map((one) => [channelKey(one), one])).values()],
    });
    return pages;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
