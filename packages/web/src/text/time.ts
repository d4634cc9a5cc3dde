import { dash } from "./number.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const locale = "en-GB";

type Zone = string | undefined;

const dateParts = { day: "numeric", month: "short", year: "numeric" } as const;
const clockParts = { hour: "2-digit", minute: "2-digit", hour12: false } as const;

const shapes = {
  moment: { ...dateParts, ...clockParts },
  exact: { ...dateParts, ...clockParts, second: "2-digit", timeZoneName: "short" },
  day: { day: "numeric", month: "short" },
  dayAndClock: { day: "numeric", month: "short", ...clockParts },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type Shape = keyof typeof shapes;

// Making a formatter costs a hundred times more than using it, and a heat map names thousands of windows.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(shape: Shape, zone: Zone): Intl.DateTimeFormat {
  const key = `${shape} ${zone ?? ""}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, {
    ...shapes[shape],
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  formatters.set(key, made);
  return made;
}

const format = (epochMs: number, shape: Shape, zone: Zone): string =>
  formatterOf(shape, zone).format(epochMs).replace("Sept", "Sep");

/** Date and time of day: `12 Feb 2001, 13:05`. In the reader's zone unless one is given. */
export function formatMoment(iso: string | null, zone?: string): string {
  return iso === null ? dash : format(Date.parse(iso), "moment", zone);
}

/** The same without the year, for axes: `12 Feb`, with the time of day where windows are shorter than a day. */
export function formatTick(epochMs: number, windowMs: number, zone?: string): string {
  return format(epochMs, windowMs >= dayMs ? "day" : "dayAndClock", zone);
}

/** Both clocks in full, for tooltips: local time with its zone, and UTC. */
export function momentTitle(iso: string, zone?: string): string {
  const local = format(Date.parse(iso), "exact", zone);
  return `${local} · UTC ${new Date(iso).toISOString().slice(0, 19).replace("T", " ")}`;
}

/**
 * A window, as short as it can be said: `12 Feb 2001` where it is exactly one day of the reader's, one date with two
 * clock times where it lies within a day, else its start and its length: `12 Feb 2001, 01:00 + 1 d`.
 */
export function formatWindow(startIso: string, lengthMs: number, zone?: string): string {
  const start = formatMoment(startIso, zone);
  const end = formatMoment(new Date(Date.parse(startIso) + lengthMs).toISOString(), zone);
  const [[startDay = start, startClock], [endDay, endClock]] = [start.split(", "), end.split(", ")];
  if (startDay === endDay) return `${start}–${endClock}`;
  return lengthMs === dayMs && startClock === "00:00" ? startDay : `${start} + ${formatDuration(lengthMs)}`;
}

const units = [
  [dayMs, "d"],
  [hourMs, "h"],
  [minuteMs, "min"],
  [secondMs, "s"],
] as const;

/** A duration in its largest fitting unit: `6 h`, `1.5 d`, `340 ms`. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return dash;
  for (const [unitMs, name] of units) {
    if (Math.abs(durationMs) >= unitMs) return `${Number((durationMs / unitMs).toFixed(1))} ${name}`;
  }
  return `${Math.round(durationMs)} ms`;
}

/** How long ago something was, in words; `now` is an argument because time is never read here. */
export function formatAgo(iso: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(iso);
  if (agoMs < minuteMs) return agoMs < -minuteMs ? `in ${formatDuration(-agoMs)}` : "just now";
  for (const [unitMs, name] of units) {
    if (agoMs >= unitMs) return `${Math.floor(agoMs / unitMs)} ${name} ago`;
  }
  return "just now";
}
