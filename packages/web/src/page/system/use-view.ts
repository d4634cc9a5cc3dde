import type { WindowSummary } from "@homeostat/protocol";
import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { Range } from "../../data/sensing.ts";

/** How many windows can be shown at once; null shows all. */
export const spans: readonly { readonly count: number | null; readonly word: string }[] = [
  { count: 30, word: "Last 30 windows" },
  { count: 60, word: "Last 60 windows" },
  { count: 120, word: "Last 120 windows" },
  { count: null, word: "All windows" },
];

const defaultCount = 60;

/** What the person looks at: how many windows, which segment, which window. It stands in the address. */
export interface View {
  readonly count: number | null;
  readonly segment: string | null;
  readonly window: string | null;
  readonly choose: (name: "windows" | "segment" | "window", value: string | null) => void;
}

function countOf(text: string | null): number | null {
  if (text === "all") return null;
  const count = Number(text ?? defaultCount);
  return Number.isInteger(count) && count > 0 ? count : defaultCount;
}

/** Reads and writes the view in the query string. */
export function useView(): View {
  const [search, setSearch] = useSearchParams();
  return {
    count: countOf(search.get("windows")),
    segment: search.get("segment"),
    window: search.get("window"),
    choose: (name, value) =>
      setSearch(
        (previous) => {
          const next = new URLSearchParams(previous);
          if (value === null) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
  };
}

/** The newest `count` windows, oldest first. */
export function shownWindows(windows: readonly WindowSummary[], count: number | null): readonly WindowSummary[] {
  const ordered = windows.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
  return count === null ? ordered : ordered.slice(-count);
}

/** The range that covers the windows shown; null while there are none. Open at the end: the newest window grows. */
export function useRange(windows: readonly WindowSummary[]): Range | null {
  const from = windows[0]?.start ?? null;
  return useMemo(() => (from === null ? null : { from, to: null }), [from]);
}

/** The window to begin with: the newest that was judged with most of its labels, else the newest with any, else the newest judged, else the newest. */
export function firstChoice(windows: readonly WindowSummary[]): WindowSummary | null {
  const mostly = windows.findLast((window) => window.state === "evaluated" && (window.labelCoverage ?? 0) >= 0.5);
  const labelled = windows.findLast((window) => window.state === "evaluated" && window.labelledRows > 0);
  const evaluated = windows.findLast((window) => window.state === "evaluated");
  return mostly ?? labelled ?? evaluated ?? windows.at(-1) ?? null;
}
