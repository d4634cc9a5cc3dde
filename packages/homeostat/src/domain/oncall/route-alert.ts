import type { Instant } from "../instant.ts";
import type { Owner, System } from "../system/system.ts";
import type { EscalationPolicy } from "./escalation-policy.ts";
import { inHours } from "./hours.ts";
import { type Labels, matcherText, matchesAll } from "./matcher.ts";
import { type GroupTiming, plainOncall, plainTiming, type Route, usualTiming } from "./oncall-rule.ts";
import { clockOf } from "./wall-clock.ts";

/** A policy that an alert goes to, and why to this one. */
export interface RoutedPath {
  readonly policy: EscalationPolicy;
  readonly timing: GroupTiming;
  readonly why: string;
}

export interface RouteFacts {
  readonly policies: readonly EscalationPolicy[];
  readonly owners: readonly Owner[];
}

/**
 * The escalation paths of alerts that are told together, the leading one first: the routes of the system in order (the first that matches any of them, further ones only where it
 * says `continue`), else the policy of the owner, else the channels that the system itself names. Never empty. Pure.
 */
export function routeAlert(
  system: System,
  alerts: readonly Labels[],
  facts: RouteFacts,
  now: Instant,
): readonly RoutedPath[] {
  const rule = system.oncall ?? plainOncall;
  const timing = system.oncall === undefined ? undefined : rule.timing;
  const [labels = {}] = alerts;
  const found = routesOf(rule.routes, alerts, now).flatMap(({ route, index }) => {
    const policy = facts.policies.find(({ name }) => name === route.policy);
    const conditions = route.matchers.map(matcherText).join(", ") || "everything";
    const why = `route ${index + 1} of ${system.name} (${conditions})`;
    return policy === undefined ? [] : [{ policy, timing: timing ?? usualTiming, why }];
  });
  if (found.length > 0)
    return found.filter((path, index) => found.findIndex((one) => one.policy.name === path.policy.name) === index);
  const owner = facts.owners.find(({ name }) => name === labels.owner);
  const owned = facts.policies.find(({ name }) => name === owner?.escalation);
  if (owner !== undefined && owned !== undefined)
    return [{ policy: owned, timing: timing ?? usualTiming, why: `owner ${owner.name} of ${labels.area ?? "it"}` }];
  return [
    {
      policy: ownChannels(system),
      timing: timing ?? plainTiming,
      why: `the channels of ${system.name}: neither a route nor its owner ${labels.owner ?? ""} names a policy`,
    },
  ];
}

function routesOf(
  routes: readonly Route[],
  alerts: readonly Labels[],
  now: Instant,
): readonly { readonly route: Route; readonly index: number }[] {
  const found: { route: Route; index: number }[] = [];
  for (const [index, route] of routes.entries()) {
    if (!alerts.some((labels) => matchesAll(route.matchers, labels)) || !isDuring(route, now)) continue;
    found.push({ route, index });
    if (!route.continues) break;
  }
  return found;
}

function isDuring({ during }: Route, now: Instant): boolean {
  return during === undefined || inHours(clockOf(during.zone), during.hours, now);
}

/** The path of a system that declares no policy: its own channels, once. */
function ownChannels(system: System): EscalationPolicy {
  return {
    name: `notify-${system.name}`,
    title: `The channels of ${system.name}`,
    steps: [
      {
        targets: system.notify.map((declaration) => ({ kind: "channel", declaration })),
        acknowledgeWithinMs: 0,
      },
    ],
    repeats: 0,
    lastResort: [],
    acknowledgementMs: undefined,
  };
}
