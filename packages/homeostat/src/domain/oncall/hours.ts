import { dayMs, type Instant } from "../instant.ts";
import { midnightOf, minutesMs, weekdayOf, type ZoneClock } from "./wall-clock.ts";

/** Hours of some days of the week on a wall clock; the beginning belongs to them, the end does not. */
export interface Hours {
  /** 1 (Monday) to 7 (Sunday): the day on which they begin. */
  readonly weekdays: readonly number[];
  /** Minutes since midnight. */
  readonly fromMinute: number;
  /** Minutes since midnight, 1440 for its end; not after `fromMinute`: on the next day. */
  readonly toMinute: number;
}

interface Stretch {
  readonly start: Instant;
  readonly end: Instant;
}

/** The stretches of the hours that begin on a day, which is given by any wall time of it. */
function stretchesOfDay(clock: ZoneClock, hours: readonly Hours[], day: number): readonly Stretch[] {
  const midnight = midnightOf(day);
  return hours
    .filter(({ weekdays }) => weekdays.includes(weekdayOf(midnight)))
    .map(({ fromMinute, toMinute }) => ({
      start: clock.instantOf(midnight + minutesMs(fromMinute)),
      end: clock.instantOf(midnight + minutesMs(toMinute) + (toMinute <= fromMinute ? dayMs : 0)),
    }));
}

/** Whether an instant lies in any of the hours; no hours at all mean always. */
export function inHours(clock: ZoneClock, hours: readonly Hours[], instant: Instant): boolean {
  if (hours.length === 0) return true;
  const today = clock.wallOf(instant);
  // Hours over midnight may have begun yesterday; a day more for zones that skip one.
  return [today - 2 * dayMs, today - dayMs, today]
    .flatMap((day) => stretchesOfDay(clock, hours, day))
    .some(({ start, end }) => start <= instant && instant < end);
}

/** Every instant in a range at which hours begin or end. */
export function hourBounds(clock: ZoneClock, hours: readonly Hours[], from: Instant, to: Instant): readonly Instant[] {
  if (hours.length === 0) return [];
  const bounds: Instant[] = [];
  for (let day = clock.wallOf(from) - 2 * dayMs; day <= clock.wallOf(to) + dayMs; day += dayMs)
    for (const { start, end } of stretchesOfDay(clock, hours, day)) bounds.push(start, end);
  return bounds.filter((bound) => from < bound && bound < to);
}
