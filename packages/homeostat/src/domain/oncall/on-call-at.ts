import type { Instant } from "../instant.ts";
import { inHours } from "./hours.ts";
import type { Layer, Override, Schedule } from "./schedule.ts";
import { type TurnAt, turnAt } from "./turn.ts";
import { clockOf } from "./wall-clock.ts";

/** What a layer says of an instant, and why it has nobody where it has nobody. */
interface LayerAnswer {
  readonly layer: string;
  readonly state: "has-somebody" | "not-begun" | "ended" | "outside-hours" | "empty-turn";
  readonly people: readonly string[];
  /** undefined outside the rotation. */
  readonly turn: TurnAt | undefined;
}

/** Why these people, or why nobody. */
type Because =
  | { readonly kind: "layer"; readonly layer: string; readonly turn: TurnAt }
  | { readonly kind: "override"; readonly override: Override }
  | { readonly kind: "nobody" };

/** Who is on call at an instant, per layer, and why. */
export interface OnCallAnswer {
  /** One person, or the several of one group that were declared to be on call together; nobody where empty. */
  readonly people: readonly string[];
  readonly because: Because;
  readonly layers: readonly LayerAnswer[];
  /** The overrides that changed who is on call, in the order in which they were made. */
  readonly overrides: readonly Override[];
}

/**
 * Who is on call at an instant. The last layer that has somebody counts; overrides act on that in the order in which they
 * were made, so the latest wins. A handoff belongs to who comes. Pure. Cost: a microsecond per layer.
 * Schedules as PagerDuty and Grafana OnCall have them, see docs/oncall.md.
 */
export function onCallAt(schedule: Schedule, made: readonly Override[], instant: Instant): OnCallAnswer {
  const layers = schedule.layers.map((layer) => layerAt(schedule.zone, layer, instant));
  const top = layers.findLast(({ state }) => state === "has-somebody");
  let people: readonly string[] = top?.people ?? [];
  let because: Because =
    top?.turn === undefined ? { kind: "nobody" } : { kind: "layer", layer: top.layer, turn: top.turn };
  const acting: Override[] = [];
  for (const override of [...schedule.overrides, ...made]) {
    if (instant < override.from || instant >= override.to) continue;
    const { person, instead } = override;
    if (instead !== undefined && !people.includes(instead)) continue;
    people = instead === undefined ? [person] : [...new Set(people.map((one) => (one === instead ? person : one)))];
    because = { kind: "override", override };
    acting.push(override);
  }
  return { people, because, layers, overrides: acting };
}

function layerAt(zone: string, layer: Layer, instant: Instant): LayerAnswer {
  const clock = clockOf(zone);
  const turn = turnAt(clock, layer, instant);
  const answer = { layer: layer.name, turn };
  if (turn === undefined)
    return { ...answer, state: instant < clock.instantOf(layer.starts) ? "not-begun" : "ended", people: [] };
  if (!inHours(clock, layer.hours, instant)) return { ...answer, state: "outside-hours", people: [] };
  return { ...answer, state: turn.people.length === 0 ? "empty-turn" : "has-somebody", people: turn.people };
}
