import { Temporal } from "temporal-polyfill";
import { dayMs, type Instant } from "../instant.ts";
import type { CalendarUnit, SloWindow } from "./slo.ts";

/** Nominal length of a period, for what scales with it; calendars themselves are walked day by day. */
const nominalDays: Readonly<Record<CalendarUnit, number>> = { day: 1, week: 7, month: 30, quarter: 91, year: 365 };

/** How long a budget's window is, nominally. */
export function nominalMs(window: SloWindow): number {
  return window.kind === "rolling" ? window.durationMs : window.count * nominalDays[window.unit] * dayMs;
}

/**
 * The stretch that a budget is reckoned over at an instant: the time before it or, of a calendar window, the period that
 * holds it (start inclusive, end exclusive). Periods follow the wall clock of their zone: a day of a clock change has 23
 * or 25 hours, months have their own lengths, and a period that begins on a 31st begins on the last day of a shorter month.
 */
export function budgetWindow(window: SloWindow, at: Instant): { readonly start: Instant; readonly end: Instant } {
  if (window.kind === "rolling") return { start: at - window.durationMs, end: at };
  const first = Temporal.PlainDateTime.from(window.start).toZonedDateTime(window.timeZone);
  const begin = (period: number): Temporal.ZonedDateTime => first.add(lengthOf(window.unit, window.count * period));
  let period = Math.floor((at - first.epochMilliseconds) / (nominalDays[window.unit] * window.count * dayMs));
  while (begin(period).epochMilliseconds > at) period -= 1;
  while (begin(period + 1).epochMilliseconds <= at) period += 1;
  return { start: begin(period).epochMilliseconds, end: begin(period + 1).epochMilliseconds };
}

function lengthOf(unit: CalendarUnit, count: number): Temporal.DurationLike {
  switch (unit) {
    case "day":
      return { days: count };
    case "week":
      return { weeks: count };
    case "month":
      return { months: count };
    case "quarter":
      return { months: 3 * count };
    case "year":
      return { years: count };
  }
}
