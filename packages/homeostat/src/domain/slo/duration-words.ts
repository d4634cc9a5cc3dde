import { dayMs, hourMs, minuteMs } from "../instant.ts";

/** A duration as people say it: `5 minutes`, `3 days`. */
export function durationWords(ms: number): string {
  const [count, unit] =
    ms >= 2 * dayMs ? [ms / dayMs, "days"] : ms >= hourMs ? [ms / hourMs, "hours"] : [ms / minuteMs, "minutes"];
  return `${Number(count.toPrecision(3))} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
