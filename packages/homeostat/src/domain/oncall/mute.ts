import type { Instant } from "../instant.ts";
import type { Alert } from "./alert.ts";
import { type Hours, inHours } from "./hours.ts";
import { type Labels, type Matcher, matchesAll } from "./matcher.ts";
import { clockOf } from "./wall-clock.ts";

/** Alerts that match are not told, from when until when (the end excluded), by whom and why. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly from: Instant;
  readonly to: Instant;
  readonly by: string;
  readonly reason: string;
  readonly createdAt: Instant;
  /** Ended early. */
  readonly expiredAt: Instant | undefined;
}

export type SilenceState = "pending" | "active" | "expired";

export function silenceStateAt({ from, to, expiredAt }: Silence, now: Instant): SilenceState {
  if (now >= to || (expiredAt !== undefined && expiredAt <= now)) return "expired";
  return now < from ? "pending" : "active";
}

export interface SilenceStore {
  add(silence: Silence): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly Silence[]>;
  /** Ends one now; the first end stays. undefined when there is none of that id. */
  expire(id: string, at: Instant): Promise<Silence | undefined>;
}

/** A time in which a system is worked on: nobody is told of what it does then. */
export interface Maintenance {
  readonly title: string;
  readonly zone: string;
  /** Repeated by weekday; undefined where it is one stretch. */
  readonly hours: Hours | undefined;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

/** Whether a maintenance window is open; its end is excluded. */
function isOpen({ zone, hours, from, to }: Maintenance, now: Instant): boolean {
  if ((from !== undefined && now < from) || (to !== undefined && now >= to)) return false;
  return hours === undefined || inHours(clockOf(zone), [hours], now);
}

/**
 * What mutes what. A target is muted while a source fires and every label in `equal` has the same value on both (absent is
 * empty). With `lineage`, also only where the source's feed is the target's or lies upstream of it.
 */
export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
  readonly lineage: boolean;
}

/** A feed that breaks its promise mutes what it causes: drift, lost values, missing rows and performance behind it. */
export const brokenFeedRule: InhibitRule = {
  source: [{ label: "monitor", operator: "=", value: "contract" }],
  target: [{ label: "monitor", operator: "!=", value: "contract" }],
  equal: [],
  lineage: true,
};

/** Alerts of other incidents that may mute, with the components that lie upstream of the target's source, itself included. */
export interface Surroundings {
  readonly others: readonly Alert[];
  readonly upstream: ReadonlySet<string>;
}

/**
 * The alert that mutes this one. As in Alertmanager, an alert that matches both sides of a rule is not muted by another
 * that matches both, so that two cannot silence each other.
 */
export function inhibitorOf(rules: readonly InhibitRule[], alert: Alert, around: Surroundings): Alert | undefined {
  for (const rule of rules) {
    if (!matchesAll(rule.target, alert.labels)) continue;
    const isSourceToo = matchesAll(rule.source, alert.labels);
    const found = around.others.find(
      (other) =>
        other.id !== alert.id &&
        matchesAll(rule.source, other.labels) &&
        !(isSourceToo && matchesAll(rule.target, other.labels)) &&
        rule.equal.every((label) => labelOf(other.labels, label) === labelOf(alert.labels, label)) &&
        (!rule.lineage || around.upstream.has(labelOf(other.labels, "source"))),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const labelOf = (labels: Labels, name: string): string => labels[name] ?? "";

/** Why nobody is told of an alert, in words, and until when that is known to last. */
export interface Mute {
  readonly kind: "silence" | "maintenance" | "inhibition";
  readonly by: string;
  readonly until: Instant | undefined;
}

export interface MuteRules {
  readonly silences: readonly Silence[];
  readonly maintenance: readonly Maintenance[];
  readonly inhibit: readonly InhibitRule[];
}

/** What mutes an alert now; undefined when nothing does. Looked at whenever somebody is about to be told. Pure. */
export function muteOf(alert: Alert, rules: MuteRules, around: Surroundings, now: Instant): Mute | undefined {
  const silence = rules.silences.find(
    (one) => silenceStateAt(one, now) === "active" && matchesAll(one.matchers, alert.labels),
  );
  if (silence !== undefined)
    return { kind: "silence", by: `silence ${silence.id} by ${silence.by}: ${silence.reason}`, until: silence.to };
  const open = rules.maintenance.find((one) => isOpen(one, now));
  if (open !== undefined) return { kind: "maintenance", by: `maintenance: ${open.title}`, until: open.to };
  const inhibitor = inhibitorOf(rules.inhibit, alert, around);
  if (inhibitor === undefined) return undefined;
  const { incident, labels } = inhibitor;
  return {
    kind: "inhibition",
    by: `incident ${incident} (${labels.monitor ?? "alert"} on ${labels.source ?? "its source"}) explains it`,
    until: undefined,
  };
}
