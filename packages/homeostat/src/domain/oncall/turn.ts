import { dayMs, hourMs, type Instant } from "../instant.ts";
import type { Layer, Turn } from "./schedule.ts";
import { addMonths, monthsBetween, type WallTime, type ZoneClock } from "./wall-clock.ts";

/** One turn of a rotation: from one handoff (included) to the next (excluded). */
export interface TurnAt {
  /** 0 for the first. */
  readonly number: number;
  readonly start: Instant;
  readonly end: Instant;
  readonly people: readonly string[];
}

const unitMs = { hour: hourMs, day: dayMs, week: 7 * dayMs } as const;

/** The wall time of a handoff: counted from the first one, so that a turn of months that was cut short shifts no other. */
function handoff(starts: WallTime, { unit, count }: Turn, number: number): WallTime {
  return unit === "month" ? addMonths(starts, number * count) : starts + number * count * unitMs[unit];
}

function guess(starts: WallTime, { unit, count }: Turn, wall: WallTime): number {
  const units = unit === "month" ? monthsBetween(starts, wall) : Math.floor((wall - starts) / unitMs[unit]);
  return Math.floor(units / count);
}

/**
 * The turn that holds an instant; undefined before the rotation begins and after it ends. The end is the next handoff on
 * the wall clock, so a weekly turn over a change of the clock has 167 or 169 hours.
 */
export function turnAt(clock: ZoneClock, layer: Layer, instant: Instant): TurnAt | undefined {
  const { starts, ends, turn, groups } = layer;
  const last = ends === undefined ? Number.POSITIVE_INFINITY : clock.instantOf(ends);
  if (instant < clock.instantOf(starts) || instant >= last) return undefined;
  const startOf = (number: number): Instant => clock.instantOf(handoff(starts, turn, number));
  let number = guess(starts, turn, clock.wallOf(instant));
  while (startOf(number) > instant) number -= 1;
  while (startOf(number + 1) <= instant) number += 1;
  return {
    number,
    start: startOf(number),
    end: Math.min(startOf(number + 1), last),
    people: groups[number % groups.length] ?? [],
  };
}

/** Every handoff of a layer in a range, its beginning and end included. */
export function turnBounds(clock: ZoneClock, layer: Layer, from: Instant, to: Instant): readonly Instant[] {
  const bounds = [layer.starts, ...(layer.ends === undefined ? [] : [layer.ends])].map(clock.instantOf);
  let at = Math.max(from, bounds[0] ?? from);
  for (;;) {
    const turn = at < to ? turnAt(clock, layer, at) : undefined;
    if (turn === undefined) break;
    bounds.push(turn.end);
    at = turn.end;
  }
  return bounds.filter((bound) => from < bound && bound < to);
}
