import { dayMs, hourMs, minuteMs, secondMs } from "../../domain/instant.ts";

const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** An ISO 8601 duration of days, hours, minutes and seconds in milliseconds (a day is 24 hours); NaN when it is none. */
export function durationMsOf(duration: string): number {
  const parts = pattern.exec(duration);
  if (parts === null) return Number.NaN;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return days * dayMs + hours * hourMs + minutes * minuteMs + seconds * secondMs;
}
