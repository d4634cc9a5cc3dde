/** A unit for an axis of durations. */
export interface DurationUnit {
  readonly name: string;
  readonly ms: number;
}

const units: readonly DurationUnit[] = [
  { name: "days", ms: 86_400_000 },
  { name: "hours", ms: 3_600_000 },
  { name: "minutes", ms: 60_000 },
  { name: "seconds", ms: 1_000 },
];

/** The largest unit of which the longest of the durations is at least one and a half; milliseconds where all are short. */
export function durationUnit(durationsMs: readonly (number | null)[]): DurationUnit {
  const longest = Math.max(0, ...durationsMs.map((duration) => Math.abs(duration ?? 0)));
  return units.find((unit) => longest >= unit.ms * 1.5) ?? { name: "milliseconds", ms: 1 };
}
