import { dayMs, hourMs, minuteMs } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { WindowRecord } from "../window/window.ts";
import { median } from "./count-series.ts";
import { wholeNumber } from "./wording.ts";

/** Lengths that people think in. */
const lengths: readonly number[] = [hourMs, 6 * hourMs, dayMs, 7 * dayMs, 30 * dayMs];
/** Rows a window should hold, so that a moderate shift shows (as `init` chooses lengths). */
const wantedRows = 500;
const leastWindows = 5;

/**
 * What to change about the length of the windows, in words, from the traffic that was seen; undefined: nothing, or too
 * little was seen to say. Pure. Cost: O(windows log windows).
 */
export function windowAdvice(system: System, windows: readonly WindowRecord[]): string | undefined {
  const rows = windows.flatMap((window) =>
    window.evaluatedAt === undefined || window.rows === 0 ? [] : [window.rows],
  );
  if (rows.length < leastWindows) return undefined;
  const middle = median(rows);
  if (middle >= wantedRows) return undefined;
  const { lengthMs } = system.windows;
  const better = lengths.find((length) => length > lengthMs && (middle * length) / lengthMs >= wantedRows);
  const holds = `a window of ${durationWords(lengthMs)} holds ${wholeNumber(middle)} rows in the middle, fewer than the ${wantedRows} that a moderate shift takes to show`;
  return better === undefined
    ? `${holds}; no usual length would hold them with this traffic`
    : `${holds}; windows of ${durationWords(better)} would hold about ${wholeNumber((middle * better) / lengthMs)}`;
}

/** `1 day`, `6 hours`, `15 minutes`. */
function durationWords(ms: number): string {
  const [size, word] = ms % dayMs === 0 ? [dayMs, "day"] : ms % hourMs === 0 ? [hourMs, "hour"] : [minuteMs, "minute"];
  const count = ms / size;
  return `${wholeNumber(count)} ${word}${count === 1 ? "" : "s"}`;
}
