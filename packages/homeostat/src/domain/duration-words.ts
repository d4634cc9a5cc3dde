import { dayMs, hourMs, minuteMs, secondMs } from "./instant.ts";

const units = [
  { ms: dayMs, word: "day" },
  { ms: hourMs, word: "hour" },
  { ms: minuteMs, word: "minute" },
  { ms: secondMs, word: "second" },
] as const;

/** A length of time in its largest unit with at most one decimal: `1.5 days`, `40 seconds`, `under a second`. */
export function durationWords(ms: number): string {
  const unit = units.find((each) => ms >= each.ms);
  if (unit === undefined) return "under a second";
  const count = Math.round((ms / unit.ms) * 10) / 10;
  return `${count} ${unit.word}${count === 1 ? "" : "s"}`;
}
