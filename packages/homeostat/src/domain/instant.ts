/** A point in time: milliseconds since 1970-01-01T00:00:00Z. Time is an argument everywhere below `app`. */
export type Instant = number;

/** The only way a service learns the time. `app` builds the real one; tests pass their own. */
export interface Clock {
  now(): Instant;
}

/** ISO 8601 in UTC with milliseconds. */
export function isoOf(instant: Instant): string {
  return new Date(instant).toISOString();
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
