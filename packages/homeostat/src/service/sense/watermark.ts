import { type Instant, secondMs } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";

/** The newest event of a system, and when the newest of its rows was received. */
export interface Frontier {
  readonly eventTime: Instant;
  readonly receivedAt: Instant;
}

/** With no new row for this long, a window that has ended by the wall clock is closed even if event time stands still. */
const idleMs = 10 * secondMs;

/** How far event time has certainly come. */
export function watermarkOf(system: System, frontier: Frontier, now: Instant): Instant {
  const byEvents = frontier.eventTime - system.windows.latenessMs;
  const idle = now - frontier.receivedAt > idleMs;
  return idle ? Math.max(byEvents, now - system.windows.latenessMs) : byEvents;
}

/** Whether event time follows the clock: rows are received about when they happen, and are not old ones replayed. */
export function followsClock({ windows }: System, { eventTime, receivedAt }: Frontier): boolean {
  return Math.abs(receivedAt - eventTime) <= windows.lengthMs + windows.latenessMs;
}

/**
 * Until when windows without a row may be made. Where event time follows the clock the silence of a feed that stopped is
 * real; where old rows were replayed the clock says nothing, and only gaps between rows are known.
 */
export function silenceUntil(system: System, frontier: Frontier, now: Instant): Instant {
  return followsClock(system, frontier)
    ? watermarkOf(system, frontier, now)
    : frontier.eventTime - system.windows.latenessMs;
}
