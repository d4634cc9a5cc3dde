import { hourMs, type Instant } from "../instant.ts";
import { clockOf } from "../oncall/wall-clock.ts";

/** A month of a calendar, by a system's own clock. */
export interface ReviewMonth {
  /** `2026-10`. */
  readonly name: string;
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
}

const monthName = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** The month of this name in a zone; undefined when it is no month. @throws RangeError for a zone that does not exist. */
export function monthOf(name: string, zone: string): ReviewMonth | undefined {
  const read = monthName.exec(name);
  if (read === null) return undefined;
  const [year, month] = [Number(read[1]), Number(read[2])];
  const clock = clockOf(zone);
  return {
    name,
    from: clock.instantOf(Date.UTC(year, month - 1, 1)),
    to: clock.instantOf(Date.UTC(year, month, 1)),
  };
}

/** Reviews wait so long after the month, for rows that come late. */
const patienceMs = 6 * hourMs;

/** The newest month that is over by a zone's clock and may be reviewed. */
export function dueMonth(now: Instant, zone: string): ReviewMonth {
  const wall = new Date(clockOf(zone).wallOf(now - patienceMs));
  const last = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() - 1, 1));
  const name = last.toISOString().slice(0, 7);
  const month = monthOf(name, zone);
  return month ?? { name, from: 0, to: 0 };
}
