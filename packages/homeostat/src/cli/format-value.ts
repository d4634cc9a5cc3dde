import { dayMs, hourMs, minuteMs, secondMs } from "../domain/instant.ts";

/** Shown where a value is not known. Say why beside it. */
export const unknownMark = "–";

/** `1,470,702` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** `1 row`, `2 rows`. */
export function countedText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** The two largest units that matter: `3 d 4 h`, `2 min 5 s`, `2.4 s`, `850 ms`. */
export function durationText(ms: number): string {
  if (ms < 0) return `-${durationText(-ms)}`;
  if (ms < secondMs) return `${Math.round(ms)} ms`;
  if (ms < 10 * secondMs) return `${Number((ms / secondMs).toFixed(1))} s`;
  const whole = Math.round(ms / secondMs) * secondMs;
  if (whole < minuteMs) return `${whole / secondMs} s`;
  if (whole < hourMs) return twoUnits(whole, [minuteMs, "min"], [secondMs, "s"]);
  const minutes = Math.round(ms / minuteMs) * minuteMs;
  if (minutes < dayMs) return twoUnits(minutes, [hourMs, "h"], [minuteMs, "min"]);
  return twoUnits(Math.round(ms / hourMs) * hourMs, [dayMs, "d"], [hourMs, "h"]);
}

function twoUnits(ms: number, [large, largeName]: [number, string], [small, smallName]: [number, string]): string {
  const rest = Math.round((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** `2001-03-06 08:00 UTC`, with seconds only where there are any; without the time of day at midnight. */
export function instantText(iso: string | null): string {
  if (iso === null) return unknownMark;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const text = at.toISOString();
  const day = text.slice(0, 10);
  const clock = text.slice(11, 19);
  if (clock === "00:00:00") return `${day} UTC`;
  return `${day} ${clock.endsWith(":00") ? clock.slice(0, 5) : clock} UTC`;
}

/** `62.3 %` */
export function shareText(share: number | null, unknown = unknownMark): string {
  return share === null ? unknown : `${(100 * share).toFixed(1)} %`;
}

/** Three significant decimals, or the mark for what is not known. */
export function numberText(value: number | null, unknown = unknownMark): string {
  if (value === null) return unknown;
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Math.abs(value) >= 1_000 ? countText(value) : value.toFixed(3);
}

export interface ShownEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `0.648 (0.641 to 0.655)`: a value with its 95 % interval. */
export function estimateText(estimate: ShownEstimate | null, unknown = unknownMark): string {
  return estimate === null
    ? unknown
    : `${numberText(estimate.value)} (${numberText(estimate.low)} to ${numberText(estimate.high)})`;
}

/** `12.4 MiB` */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1_024 && unit < units.length - 1; unit++) value /= 1_024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
