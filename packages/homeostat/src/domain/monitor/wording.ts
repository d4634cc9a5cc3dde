import type { SeriesKey } from "./verdict.ts";

/** `origin=LAX`, or `all rows`. */
export function segmentWords(key: Pick<SeriesKey, "segment">): string {
  return key.segment === undefined ? "all rows" : `${key.segment.name}=${key.segment.value}`;
}

const days = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

/** `, held against the baseline's Mondays`; nothing where all windows are alike. See `seasonOf`. */
export function seasonWords(season: string | undefined): string {
  const [kind, text = ""] = (season ?? "all").split("-");
  const place = Number(text);
  if (kind === "day") return `, held against the baseline's ${days[place - 1] ?? season}`;
  if (kind !== "hour") return "";
  const hour = String(place % 24).padStart(2, "0");
  return `, held against the baseline's ${days[Math.floor(place / 24)] ?? season} at ${hour}:00 UTC`;
}

/** `12,346`. */
export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A share in 0..1 as `12 %`, `0.10 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
}

/** `3 windows running`, `one window`. */
export function windowsRunning(persistenceWindows: number): string {
  return persistenceWindows === 1 ? "one window" : `${persistenceWindows} windows running`;
}
