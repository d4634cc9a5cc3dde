import type { Instant } from "../instant.ts";
import { hourBounds } from "./hours.ts";
import { type OnCallAnswer, onCallAt } from "./on-call-at.ts";
import type { Override, Schedule, ScheduleVersion } from "./schedule.ts";
import { turnBounds } from "./turn.ts";
import { clockOf } from "./wall-clock.ts";

/** A stretch over which the same people are on call for the same reason; a gap where there are none. */
export interface Shift {
  readonly from: Instant;
  readonly to: Instant;
  readonly people: readonly string[];
  /** The layer, or what the override says. */
  readonly source: { readonly kind: "layer" | "override" | "nobody"; readonly name: string };
}

/**
 * Who is on call over a stretch of time, without holes: what `onCallAt` answers between any two instants at which it could
 * change. Past time is told by the version that counted then. Pure. Cost: a few microseconds per handoff.
 */
export function shiftsOf(
  versions: readonly ScheduleVersion[],
  made: readonly Override[],
  from: Instant,
  to: Instant,
): readonly Shift[] {
  const shifts: Shift[] = [];
  for (const [index, { schedule, since }] of versions.entries()) {
    // Before the first version nothing was declared; what it says is shown, for want of anything better.
    const begins = Math.max(from, index === 0 ? Number.NEGATIVE_INFINITY : since);
    const ends = Math.min(to, versions[index + 1]?.since ?? Number.POSITIVE_INFINITY);
    if (begins < ends) shifts.push(...shiftsOfOne(schedule, made, begins, ends));
  }
  return joined(shifts);
}

function shiftsOfOne(schedule: Schedule, made: readonly Override[], from: Instant, to: Instant): readonly Shift[] {
  const clock = clockOf(schedule.zone);
  const bounds = [
    from,
    to,
    ...schedule.layers.flatMap((layer) => [
      ...turnBounds(clock, layer, from, to),
      ...hourBounds(clock, layer.hours, from, to),
    ]),
    ...[...schedule.overrides, ...made].flatMap((override) =>
      [override.from, override.to].filter((at) => from < at && at < to),
    ),
  ];
  const cuts = [...new Set(bounds)].sort((left, right) => left - right);
  return cuts.slice(0, -1).map((start, index) => {
    const answer = onCallAt(schedule, made, start);
    return { from: start, to: cuts[index + 1] ?? to, people: answer.people, source: sourceOf(answer) };
  });
}

function sourceOf({ because }: OnCallAnswer): Shift["source"] {
  if (because.kind === "layer") return { kind: "layer", name: because.layer };
  if (because.kind === "nobody") return { kind: "nobody", name: "" };
  return { kind: "override", name: because.override.reason };
}

function joined(shifts: readonly Shift[]): readonly Shift[] {
  const all: Shift[] = [];
  for (const shift of shifts) {
    const last = all.at(-1);
    if (last !== undefined && last.to === shift.from && textOf(last) === textOf(shift))
      all[all.length - 1] = { ...last, to: shift.to };
    else all.push(shift);
  }
  return all;
}

const textOf = ({ people, source }: Shift): string => JSON.stringify([people, source]);

/** What shifts say of a stretch as a whole. */
export interface Coverage {
  readonly gaps: readonly { readonly from: Instant; readonly to: Instant }[];
  /** Part of the time in which somebody is on call. */
  readonly covered: number;
  /** Time on call per person, longest first. */
  readonly load: readonly { readonly person: string; readonly ms: number }[];
}

/** Gaps and load of shifts that follow each other. Pure. */
export function coverageOf(shifts: readonly Shift[]): Coverage {
  const gaps: { from: Instant; to: Instant }[] = [];
  const load = new Map<string, number>();
  let wholeMs = 0;
  let coveredMs = 0;
  for (const { from, to, people } of shifts) {
    wholeMs += to - from;
    if (people.length > 0) coveredMs += to - from;
    else if (gaps.at(-1)?.to === from) gaps[gaps.length - 1] = { from: gaps.at(-1)?.from ?? from, to };
    else gaps.push({ from, to });
    for (const person of people) load.set(person, (load.get(person) ?? 0) + to - from);
  }
  return {
    gaps,
    covered: wholeMs === 0 ? 0 : coveredMs / wholeMs,
    load: [...load].map(([person, ms]) => ({ person, ms })).sort((left, right) => right.ms - left.ms),
  };
}

/** The version that counts at an instant; the first one before there was any. `versions` oldest first. */
export function scheduleAt(versions: readonly ScheduleVersion[], at: Instant): Schedule | undefined {
  return (versions.findLast(({ since }) => since <= at) ?? versions[0])?.schedule;
}
