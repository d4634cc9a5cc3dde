import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { Clock } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import { countsEmptyWindows, emptyWindows, mostEmptyWindows } from "../../domain/window/empty-windows.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import { type Frontier, followsClock, silenceUntil } from "./watermark.ts";

/**
 * Makes the windows that no row ever made, so that a feed which stops altogether is judged like any other window: between
 * windows with rows, and behind the last one while event time follows the clock. Only behind the reference, and only where
 * the reference counted its own empty windows; where old rows are replayed, only between them. Safe to repeat.
 */
export async function makeEmptyWindows(
  ports: { readonly windows: WindowStore; readonly clock: Clock },
  system: System,
  baseline: Baseline,
  frontier: Frontier,
): Promise<void> {
  const { lengthMs } = system.windows;
  if (!countsEmptyWindows(baseline.windows, lengthMs)) return;
  const until = silenceUntil(system, frontier, ports.clock.now());
  const unsettled = await ports.windows.dirty(system.name);
  const oldest = Math.min(until, ...unsettled.map(({ start }) => start));
  const from = oldest - (mostEmptyWindows + 1) * lengthMs;
  const known = await ports.windows.list(system.name, { from });
  const withRows = known.filter(({ rows, evaluatedAt }) => rows > 0 || evaluatedAt === undefined);
  const starts = new Set(known.map(({ start }) => start));
  const lastOfReference = Math.max(...baseline.windows.map(({ end }) => end));
  // Old rows that are replayed begin wherever somebody began: nothing stopped between the reference and the first of them.
  const begins = followsClock(system, frontier)
    ? lastOfReference
    : Math.min(...withRows.map(({ start }) => start).filter((start) => start >= lastOfReference));
  const missing = emptyWindows(withRows, lengthMs, until)
    .map(({ start }) => start)
    .filter((start) => start >= begins && !starts.has(start));
  if (missing.length > 0) await ports.windows.touch(system.name, missing, lengthMs);
}
