import type { Instant } from "../instant.ts";
import type { Recipient } from "./escalation.ts";
import type { EscalationTarget, Person } from "./escalation-policy.ts";
import { onCallAt } from "./on-call-at.ts";
import type { MadeOverride, Schedule } from "./schedule.ts";

export interface ReachFacts {
  readonly people: readonly Person[];
  readonly schedules: readonly Schedule[];
  readonly overrides: readonly MadeOverride[];
}

/** Who a target is now. `nobody` says why there is none. */
export type Reached =
  | { readonly kind: "reached"; readonly recipients: readonly Recipient[] }
  | { readonly kind: "nobody"; readonly why: string };

/** Resolves a target at an instant; a schedule means whoever is on call then. `index` numbers channels. Pure. */
export function reachTarget(facts: ReachFacts, target: EscalationTarget, index: number, now: Instant): Reached {
  switch (target.kind) {
    case "channel":
      return {
        kind: "reached",
        recipients: [
          {
            key: `channel-${index}`,
            person: undefined,
            declaration: target.declaration,
            reason: "named by the policy",
          },
        ],
      };
    case "person":
      return reachPerson(facts, target.person, "named by the policy");
    case "schedule":
      return reachSchedule(facts, target.schedule, now);
  }
}

function reachPerson({ people }: ReachFacts, name: string, reason: string): Reached {
  const person = people.find((one) => one.name === name);
  if (person === undefined) return { kind: "nobody", why: `${name} is not declared` };
  if (person.notify.length === 0) return { kind: "nobody", why: `${name} has no channel` };
  return {
    kind: "reached",
    recipients: person.notify.map((declaration, index) => ({
      key: `person-${name}-${index}`,
      person: name,
      declaration,
      reason,
    })),
  };
}

function reachSchedule(facts: ReachFacts, name: string, now: Instant): Reached {
  const schedule = facts.schedules.find((one) => one.name === name);
  if (schedule === undefined) return { kind: "nobody", why: `the schedule ${name} is not declared` };
  const answer = onCallAt(
    schedule,
    facts.overrides.filter((override) => override.schedule === name),
    now,
  );
  if (answer.people.length === 0) return { kind: "nobody", why: `nobody is on call in ${name}` };
  const { because } = answer;
  const how =
    because.kind === "override"
      ? `by an override: ${because.override.reason}`
      : because.kind === "layer"
        ? `layer ${because.layer}`
        : "";
  const reached = answer.people.map((person) => reachPerson(facts, person, `on call in ${name} (${how})`));
  const recipients = reached.flatMap((one) => (one.kind === "reached" ? one.recipients : []));
  const [first] = reached.flatMap((one) => (one.kind === "nobody" ? [one.why] : []));
  return recipients.length > 0
    ? { kind: "reached", recipients }
    : { kind: "nobody", why: `nobody is on call in ${name}: ${first ?? "unknown"}` };
}
