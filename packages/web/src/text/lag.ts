import type { LabelLag, LagQuantile } from "@homeostat/protocol";
import { formatCount, formatShare } from "./number.ts";

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** An age in its largest unit that fits: `1.5 h`, `30 d`. */
export function formatAge(ageMs: number): string {
  const [name, unitMs] = units.find(([, ms]) => ageMs >= ms) ?? ["s", 1_000];
  return `${Number((ageMs / unitMs).toFixed(1))} ${name}`;
}

/** By when a share has its label; in words where that has not come. */
export function quantileText(quantile: LagQuantile): string {
  if (quantile.state === "no-rows") return "no rows";
  if (quantile.state === "not-reached" || quantile.byMs === null) return "not reached";
  const low = quantile.lowMs === null ? "?" : formatAge(quantile.lowMs);
  const high = quantile.highMs === null ? "not known" : formatAge(quantile.highMs);
  return `${formatAge(quantile.byMs)} (95 % interval ${low} to ${high})`;
}

/** One point of a curve in words. */
export function lagSentence(clock: LabelLag["clock"], point: LabelLag["curve"][number]): string {
  const since = clock === "outcome-time" ? "by event time" : "by time of arrival";
  return `${formatAge(point.ageMs)} after the prediction, ${since}: ${formatShare(point.waiting)} still without a label (95 % interval ${formatShare(point.low)} to ${formatShare(point.high)}); ${formatCount(point.atRisk)} rows were watched that long.`;
}
