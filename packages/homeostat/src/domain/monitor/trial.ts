import type { Window } from "../window/window.ts";
import type { WindowEvaluation } from "./evaluate-window.ts";
import type { MonitorDefinition } from "./monitor.ts";
import { monitors } from "./registry.ts";
import type { MonitorSettings } from "./settings.ts";
import { type SeriesKey, type SeriesVerdict, seriesText } from "./verdict.ts";

/** A stretch of windows running in which a monitor would have fired. */
interface TrialEpisode {
  readonly from: Window["start"];
  readonly to: Window["end"];
  readonly windows: number;
  /** Different series that fired in it. */
  readonly series: number;
  readonly worst: { readonly key: SeriesKey; readonly effect: number };
  readonly sentence: string;
}

/** What a monitor would have said of the windows it was tried on. */
export interface Trial {
  readonly settings: MonitorSettings;
  /** Series it asked about in one window, at most. */
  readonly series: number;
  readonly tested: number;
  readonly firing: number;
  readonly episodes: readonly TrialEpisode[];
  /** Answers that were no test, by their reason; the most frequent first. */
  readonly untested: readonly { readonly reason: string; readonly series: number }[];
}

interface OpenEpisode {
  from: number;
  to: number;
  windows: number;
  readonly series: Set<string>;
  worst: { readonly verdict: SeriesVerdict; readonly effect: number };
}

/** Collects what one monitor says of window after window, oldest first. Keeps O(episodes + reasons). */
export interface TrialKeeper {
  add(window: Window, evaluation: WindowEvaluation): void;
  result(): Trial;
}

export function keepTrial(settings: MonitorSettings): TrialKeeper {
  const episodes: OpenEpisode[] = [];
  const reasons = new Map<string, number>();
  let [series, tested, firing] = [0, 0, 0];
  let open: OpenEpisode | undefined;

  function addFired(window: Window, fired: readonly SeriesVerdict[]): void {
    const worst = worstOf(fired);
    firing += 1;
    if (open === undefined || open.to !== window.start) {
      open = { from: window.start, to: window.end, windows: 0, series: new Set(), worst };
      episodes.push(open);
    }
    open.to = window.end;
    open.windows += 1;
    for (const { test } of fired) open.series.add(seriesText(test.key));
    if (worst.effect > open.worst.effect) open.worst = worst;
  }

  return {
    add: (window, { verdicts }) => {
      const own = verdicts.filter(({ test: { key } }) => (key.monitorName ?? key.monitor) === settings.name);
      series = Math.max(series, own.length);
      for (const { test } of own) {
        if (test.kind === "tested") tested += 1;
        else reasons.set(test.reason, (reasons.get(test.reason) ?? 0) + 1);
      }
      const fired = own.filter((verdict) => verdict.fired);
      if (fired.length === 0) open = undefined;
      else addFired(window, fired);
    },
    result: () => ({
      settings,
      series,
      tested,
      firing,
      episodes: episodes.map(episodeOf),
      untested: [...reasons]
        .map(([reason, count]) => ({ reason, series: count }))
        .sort((left, right) => right.series - left.series),
    }),
  };
}

function worstOf(fired: readonly SeriesVerdict[]): OpenEpisode["worst"] {
  const ranked = fired
    .map((verdict) => ({ verdict, effect: verdict.test.kind === "tested" ? verdict.test.numbers.effect : 0 }))
    .sort((left, right) => right.effect - left.effect);
  const [worst] = ranked;
  if (worst === undefined) throw new RangeError("an episode has at least one series that fired");
  return worst;
}

function episodeOf({ from, to, windows, series, worst }: OpenEpisode): TrialEpisode {
  const { test } = worst.verdict;
  const definition: MonitorDefinition = monitors[test.key.monitor];
  return {
    from,
    to,
    windows,
    series: series.size,
    worst: { key: test.key, effect: worst.effect },
    sentence: test.kind === "tested" ? definition.sentence(test.key, test.numbers) : test.reason,
  };
}
