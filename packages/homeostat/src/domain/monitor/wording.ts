import type { SeriesKey } from "./verdict.ts";

/** `origin=LAX`, or `all rows`. */
export function segmentWords(key: Pick<SeriesKey, "segment">): string {
  return key.segment === undefined ? "all rows" : `${key.segment.name}=${key.segment.value}`;
}

export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
}
