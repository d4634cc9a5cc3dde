import { Temporal } from "temporal-polyfill";
import { dayMs, type Instant, minuteMs } from "../instant.ts";

/**
 * A time on a wall clock without its zone: milliseconds that the clock shows since 1970-01-01T00:00. Arithmetic on it is
 * that of the calendar: a day has 24 hours, whatever a zone does at night.
 */
export type WallTime = number;

/** The clock of one zone, both ways. */
export interface ZoneClock {
  wallOf(instant: Instant): WallTime;
  /**
   * The instant at which the clock shows this. A time that is skipped in spring is moved forward by what was skipped; of
   * one that comes twice in autumn the first is meant (as RFC 5545 and Temporal's "compatible" have it).
   */
  instantOf(wall: WallTime): Instant;
}

/** A stretch over which a zone keeps one offset to UTC. */
interface Stretch {
  readonly start: Instant;
  readonly end: Instant;
  readonly offsetMs: number;
}

const clocks = new Map<string, ZoneClock>();

/** Whether this is the name of a zone in the IANA database, e.g. `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The clock of an IANA zone. What it learnt of the zone's changes is kept for the life of the process, which is why it
 * costs nanoseconds where asking the runtime costs 20 µs. @throws RangeError for a zone that does not exist.
 */
export function clockOf(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const made = createClock(zone);
  clocks.set(zone, made);
  return made;
}

function createClock(zone: string): ZoneClock {
  let stretches: readonly Stretch[] = [];
  const stretchAt = (instant: Instant): Stretch => {
    const found = stretches.find(({ start, end }) => start <= instant && instant < end);
    if (found !== undefined) return found;
    const read = readStretch(zone, instant);
    stretches = [...stretches, read].sort((left, right) => left.start - right.start);
    return read;
  };
  return {
    wallOf: (instant) => instant + stretchAt(instant).offsetMs,
    instantOf: (wall) => {
      // Offsets are under a day, so the stretch meant is this one or a neighbour.
      const near = stretchAt(wall);
      const before = Number.isFinite(near.start) ? stretchAt(near.start - 1) : near;
      const after = Number.isFinite(near.end) ? stretchAt(near.end) : near;
      const around = [before, near, after];
      const hit = around.find(({ start, end, offsetMs }) => start <= wall - offsetMs && wall - offsetMs < end);
      if (hit !== undefined) return wall - hit.offsetMs;
      const skipping = around.findLast(({ end, offsetMs }) => wall - offsetMs >= end) ?? near;
      return wall - skipping.offsetMs;
    },
  };
}

function readStretch(zone: string, instant: Instant): Stretch {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  const next = zoned.getTimeZoneTransition("next");
  const beforeNext = Temporal.Instant.fromEpochMilliseconds(instant + 1).toZonedDateTimeISO(zone);
  const start = beforeNext.getTimeZoneTransition("previous");
  return {
    start: start === null ? Number.NEGATIVE_INFINITY : start.epochMilliseconds,
    end: next === null ? Number.POSITIVE_INFINITY : next.epochMilliseconds,
    offsetMs: zoned.offsetNanoseconds / 1_000_000,
  };
}

/** `2024-10-29T08:30` as a time on a wall clock; undefined when it is none. */
export function parseWall(text: string): WallTime | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return undefined;
  const at = Date.parse(`${text}:00Z`);
  return Number.isNaN(at) || wallText(at) !== text ? undefined : at;
}

/** `2024-10-29T08:30` */
export function wallText(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, 16);
}

/** Minutes since midnight of `08:30`; `24:00` is the end of the day. Undefined when it is none. */
export function parseMinutes(text: string): number | undefined {
  const [, hours = "", minutes = ""] = /^(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (hours === "" || Number(minutes) > 59) return undefined;
  const all = Number(hours) * 60 + Number(minutes);
  return all <= 24 * 60 ? all : undefined;
}

/** 1 (Monday) to 7 (Sunday), as ISO 8601 counts. */
export function weekdayOf(wall: WallTime): number {
  return ((((Math.floor(wall / dayMs) + 3) % 7) + 7) % 7) + 1;
}

export const midnightOf = (wall: WallTime): WallTime => Math.floor(wall / dayMs) * dayMs;

/** So many months later on the same day of the month, or on the month's last day where it has no such day. */
export function addMonths(wall: WallTime, months: number): WallTime {
  const date = new Date(wall);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const target = new Date(first);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  return first + (Math.min(date.getUTCDate(), lastDay) - 1) * dayMs + (wall - midnightOf(wall));
}

/** Whole months between two wall times by their calendar months, days left aside. */
export function monthsBetween(from: WallTime, to: WallTime): number {
  const [left, right] = [new Date(from), new Date(to)];
  return (right.getUTCFullYear() - left.getUTCFullYear()) * 12 + right.getUTCMonth() - left.getUTCMonth();
}

export const minutesMs = (minutes: number): number => minutes * minuteMs;
