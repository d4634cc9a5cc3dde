import type { Instant } from "../instant.ts";
import type { Hours } from "./hours.ts";
import type { WallTime } from "./wall-clock.ts";

/** Who is on call when, by turns in the wall-clock time of a zone. */
export interface Schedule {
  readonly name: string;
  readonly title: string;
  /** IANA name. Stored as such and resolved late, so that a rule of the zone that changes moves the handoffs. */
  readonly zone: string;
  /** A later one overrules an earlier one wherever it has somebody. */
  readonly layers: readonly Layer[];
  /** Declared with the schedule; those made by hand come after them. */
  readonly overrides: readonly Override[];
}

/** One rotation. */
export interface Layer {
  readonly name: string;
  /** The first handoff; all others follow at the same time of day (and on the same weekday or day of the month). */
  readonly starts: WallTime;
  /** Exclusive. */
  readonly ends: WallTime | undefined;
  readonly turn: Turn;
  /** In order. A group of several is on call together; an empty one is a turn that nobody has. */
  readonly groups: readonly (readonly string[])[];
  /** On call only in these; always where there are none. */
  readonly hours: readonly Hours[];
}

/** How long a turn lasts on the wall clock. */
export interface Turn {
  readonly unit: "hour" | "day" | "week" | "month";
  readonly count: number;
}

/** Somebody stands in between two instants (the end excluded). */
export interface Override {
  readonly id: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly person: string;
  /** Only for this person; undefined: for whoever is on call, and where nobody is. */
  readonly instead: string | undefined;
  readonly reason: string;
}

/** An override made by hand, for one schedule. */
export interface MadeOverride extends Override {
  readonly schedule: string;
  readonly by: string;
  readonly at: Instant;
  /** The same for both halves of a swap. */
  readonly swap: string | undefined;
}

/** A schedule as it was applied; it counts from then on, never for the time before. */
export interface ScheduleVersion {
  readonly schedule: Schedule;
  readonly since: Instant;
}

/** Schedules with their history, and overrides made by hand. */
export interface ScheduleStore {
  /** A version equal to the newest one is not stored again. */
  save(schedule: Schedule, since: Instant): Promise<"saved" | "known">;
  /** The newest version of each, by name. */
  list(): Promise<readonly ScheduleVersion[]>;
  /** Oldest first. */
  versions(name: string): Promise<readonly ScheduleVersion[]>;
  addOverrides(overrides: readonly MadeOverride[]): Promise<void>;
  /** In the order in which they were made; taken-back ones left out. */
  overrides(schedule: string): Promise<readonly MadeOverride[]>;
  /** Takes an override back, or both halves of a swap; those it took. */
  removeOverride(id: string): Promise<readonly MadeOverride[]>;
}
