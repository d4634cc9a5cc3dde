import type { NotifyTarget } from "../notification/channel-declaration.ts";
import { type Owner, ownedAreas, type System } from "../system/system.ts";
import type { EscalationPolicy, EscalationTarget, Person } from "./escalation-policy.ts";
import type { Schedule } from "./schedule.ts";

/** Everything that will be declared once what is applied is applied. */
export interface DeclaredOncall {
  readonly owners: readonly Owner[];
  readonly people: readonly Person[];
  readonly schedules: readonly Schedule[];
  readonly policies: readonly EscalationPolicy[];
  readonly channels: readonly { readonly name: string }[];
}

/**
 * What is missing for every alert of a system to reach somebody: each area has an owner, and what the owner's alerts go to
 * (a route's policy, the owner's own, or the channels of the system) names only what is declared and can be reached. In
 * words; empty when nothing is missing. Pure.
 */
export function missingPaths(system: System, declared: DeclaredOncall): readonly string[] {
  const routed = (system.oncall?.routes ?? []).map(({ policy }) => policy);
  const unknownRoutes = routed.filter((name) => !declared.policies.some((policy) => policy.name === name));
  const areas = ownedAreas.flatMap((area) => areaMissing(system, area, declared));
  return [...unknownRoutes.map((name) => `oncall.routes: the escalation policy ${name} is not declared`), ...areas];
}

function areaMissing(system: System, area: (typeof ownedAreas)[number], declared: DeclaredOncall): readonly string[] {
  const name = system.owners[area];
  const owner = declared.owners.find((one) => one.name === name);
  if (owner === undefined) return [`owners.${area}: ${name} is not declared`];
  if (owner.escalation === undefined)
    return system.notify.length > 0
      ? []
      : [`owners.${area}: ${name} has no escalation policy, and the system has no channel under notify`];
  return declared.policies.some((policy) => policy.name === owner.escalation)
    ? []
    : [`owners.${area}: the escalation policy ${owner.escalation} of ${name} is not declared`];
}

/** What a policy names and nobody declares, or cannot be reached. In words. Pure. */
export function missingInPolicy(policy: EscalationPolicy, declared: DeclaredOncall): readonly string[] {
  const targets = [
    ...policy.steps.flatMap(({ targets: all }, step) => all.map((target) => ({ target, where: `step ${step + 1}` }))),
    ...policy.lastResort.map((target) => ({ target, where: "lastResort" })),
  ];
  return targets.flatMap(({ target, where }) => {
    const missing = missingTarget(target, declared);
    return missing === undefined ? [] : [`${where}: ${missing}`];
  });
}

function missingTarget(target: EscalationTarget, declared: DeclaredOncall): string | undefined {
  switch (target.kind) {
    case "channel":
      return missingChannel(target.declaration, declared);
    case "person":
      return missingPerson(target.person, declared);
    case "schedule":
      return declared.schedules.some(({ name }) => name === target.schedule)
        ? undefined
        : `the schedule ${target.schedule} is not declared`;
  }
}

function missingChannel(target: NotifyTarget, { channels }: DeclaredOncall): string | undefined {
  if (target.channel !== "named" || channels.some(({ name }) => name === target.name)) return undefined;
  return `the channel ${target.name} is not declared`;
}

function missingPerson(name: string, declared: DeclaredOncall): string | undefined {
  const person = declared.people.find((one) => one.name === name);
  if (person === undefined) return `the person ${name} is not declared`;
  if (person.notify.length === 0) return `${name} has no channel under notify and cannot be reached`;
  const [missing] = person.notify.flatMap((target) => missingChannel(target, declared) ?? []);
  return missing === undefined ? undefined : `${name}: ${missing}`;
}

/** People whom a schedule names and nobody declares or can reach. In words. Pure. */
export function missingInSchedule(schedule: Schedule, declared: DeclaredOncall): readonly string[] {
  const named = [
    ...schedule.layers.flatMap(({ name, groups }) =>
      groups.flat().map((person) => ({ person, where: `layer ${name}` })),
    ),
    ...schedule.overrides.map(({ person }) => ({ person, where: "overrides" })),
  ];
  const texts = named.flatMap(({ person, where }) => {
    const missing = missingPerson(person, declared);
    return missing === undefined ? [] : [`${where}: ${missing}`];
  });
  return [...new Set(texts)];
}
