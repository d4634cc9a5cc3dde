import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";
import { advanceEscalation } from "./advance-escalation.ts";
import { type Escalation, newEscalation, type Page } from "./escalation.ts";
import type { Labels } from "./matcher.ts";
import { brokenFeedRule, type Mute, muteOf, type Silence } from "./mute.ts";
import { plainOncall } from "./oncall-rule.ts";
import { type ReachFacts, reachTarget } from "./reach-target.ts";
import { type RouteFacts, routeAlert } from "./route-alert.ts";

/** Everything that is declared or made by hand and decides who is told. */
export interface PagingFacts extends RouteFacts, ReachFacts {
  readonly silences: readonly Silence[];
}

interface SimulatedPage {
  readonly at: Instant;
  readonly page: Page;
}

interface SimulatedPath {
  readonly policy: string;
  readonly why: string;
  /** What would be sent if nobody ever answered, one round long. */
  readonly pages: readonly SimulatedPage[];
  readonly notes: readonly { readonly at: Instant; readonly text: string }[];
}

export interface Simulation {
  /** Why nobody would be told at all. */
  readonly mute: Mute | undefined;
  readonly paths: readonly SimulatedPath[];
}

const mostAdvances = 1_000;

/**
 * Who would be told of an alert, when, how and why, if nobody answered: the very code that pages, run over a clock of its
 * own, with no effect. `labels` as the alert would have them; other incidents are not looked at. Pure.
 */
export function simulatePaging(system: System, labels: Labels, facts: PagingFacts, at: Instant): Simulation {
  const rule = system.oncall ?? plainOncall;
  const alert = { id: "simulated", incident: 0, labels };
  const rules = {
    silences: facts.silences,
    maintenance: rule.maintenance,
    inhibit: [brokenFeedRule, ...rule.inhibit],
  };
  const muteAt = (now: Instant): Mute | undefined =>
    muteOf(alert, rules, { others: [], upstream: new Set<string>() }, now);
  const mute = muteAt(at);
  if (mute !== undefined) return { mute, paths: [] };
  const paths = routeAlert(system, [labels], facts, at).map((path) => {
    const begun = newEscalation({ incident: 0, system: system.name, ...path }, at);
    return { policy: path.policy.name, why: path.why, ...oneRound(begun, facts, muteAt) };
  });
  return { mute: undefined, paths };
}

function oneRound(
  begun: Escalation,
  facts: PagingFacts,
  muteAt: (now: Instant) => Mute | undefined,
): Pick<SimulatedPath, "pages" | "notes"> {
  let escalation = begun;
  const pages: SimulatedPage[] = [];
  const notes: { at: Instant; text: string }[] = [];
  for (let advances = 0; advances < mostAdvances; advances += 1) {
    const now = escalation.nextAt;
    if (now === undefined || escalation.phase === "told" || escalation.phase === "muted") break;
    const advance = advanceEscalation(escalation, {
      now,
      state: "open",
      acknowledgedBy: undefined,
      findings: 1,
      standing: 1,
      mute: muteAt(now),
      reach: (target, index) => reachTarget(facts, target, index, now),
      failed: new Set(),
      spared: new Set(),
    });
    pages.push(...advance.pages.map((page) => ({ at: now, page })));
    notes.push(...advance.notes.map((text) => ({ at: now, text })));
    escalation = advance.escalation;
  }
  return { pages, notes };
}
