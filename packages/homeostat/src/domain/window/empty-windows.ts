import type { Instant } from "../instant.ts";
import type { Window, WindowRecord, WindowRule } from "./window.ts";

/** After a window with rows no more than this many empty ones are made: by then it has long been said that nothing comes. */
export const mostEmptyWindows = 28;

/**
 * The windows without any row that lie behind known ones, up to `until`: what a window by window count never sees.
 * `known` in any order; behind each at most `mostEmptyWindows`. Pure. Cost: O(known × empty).
 */
export function emptyWindows(known: readonly Window[], lengthMs: number, until: Instant): readonly Window[] {
  const starts = [...new Set(known.map(({ start }) => start))].sort((left, right) => left - right);
  return starts.flatMap((start, index) => {
    const next = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const empty: Window[] = [];
    for (let at = start + lengthMs; at < next && at + lengthMs <= until; at += lengthMs) {
      if (empty.length === mostEmptyWindows) break;
      empty.push({ start: at, end: at + lengthMs });
    }
    return empty;
  });
}

/**
 * Whether a reference counts its own empty windows. Baselines frozen by earlier versions left them out: there nobody knows
 * whether a window without rows is usual, and silence says nothing. Gaps longer than `mostEmptyWindows` are between
 * stretches, not within one.
 */
export function countsEmptyWindows(windows: readonly Window[], lengthMs: number): boolean {
  const starts = windows.map(({ start }) => start).sort((left, right) => left - right);
  return starts.every((start, index) => {
    const before = starts[index - 1];
    const gap = before === undefined ? 1 : (start - before) / lengthMs;
    return gap === 1 || gap > mostEmptyWindows + 1;
  });
}

/** Whether, by the clock, a window without rows may have ended behind the known ones. `recent` in order of time. */
export function silenceMayBeDue(recent: readonly WindowRecord[], rule: WindowRule, now: Instant): boolean {
  const last = recent.at(-1);
  const lastWithRows = recent.findLast(({ rows, evaluatedAt }) => rows > 0 || evaluatedAt === undefined);
  if (last === undefined || lastWithRows === undefined) return false;
  const silent = (last.start - lastWithRows.start) / rule.lengthMs;
  return silent < mostEmptyWindows && last.end + rule.lengthMs + rule.latenessMs <= now;
}

/** How far back `silenceMayBeDue` wants to look: older windows with rows are no reason to look for silence. */
export const silenceReach = mostEmptyWindows + 2;
