import { hourMs, type Instant } from "../instant.ts";
import { budgetWindow, nominalMs } from "./budget-window.ts";
import { type BurnEpisode, type BurnRate, burnEpisodes, burnRate } from "./burn-episodes.ts";
import { type BurnPair, burnPairs } from "./burn-pairs.ts";
import { type CountSums, countSums, type SloSums, slicesOf } from "./count-sums.ts";
import { needsOutcomes, type Slo, type SloCount } from "./slo.ts";

/** Counts of an objective with what they are read by. */
export interface SloQuestion {
  readonly slo: Slo;
  /** By start, oldest first; from the length of the budget before `from` on. */
  readonly counts: readonly SloCount[];
  /** Length of the stretch that one count is about. */
  readonly stepMs: number;
  /** Time as the counts tell it. */
  readonly now: Instant;
  /** By when outcomes have normally arrived. */
  readonly maturityMs: number;
  /** Since when burning is looked for. */
  readonly from: Instant;
}

type SloState =
  /** The budget lasts and nothing burns. */
  | "met"
  /** A warning pair burns. */
  | "at-risk"
  /** A paging pair burns. */
  | "burning"
  /** Nothing is left of the budget. */
  | "exhausted"
  /** What should be known by now is not: the last known state, which may not be taken for the present one. */
  | "frozen"
  | "no-data";

export interface SloStatus {
  readonly state: SloState;
  /** Why it is frozen or has no data; undefined otherwise. */
  readonly reason: string | undefined;
  /** Everything before this instant is known; the state is of this instant. */
  readonly measuredTo: Instant;
  readonly window: { readonly start: Instant; readonly end: Instant };
  readonly sums: SloSums;
  /** Share of good events in the window; undefined without any. */
  readonly value: number | undefined;
  /** 1 is the whole budget, 0 nothing, below 0 overdrawn; undefined without events. */
  readonly budgetLeft: number | undefined;
  readonly burns: readonly {
    readonly pair: BurnPair;
    readonly long: BurnRate | undefined;
    readonly short: BurnRate | undefined;
    readonly active: boolean;
  }[];
  readonly episodes: readonly BurnEpisode[];
  /** When the budget is spent at the rate of the longest burn window; undefined: not within the window, or unknown. */
  readonly exhaustedAt: Instant | undefined;
  readonly series: readonly { readonly at: Instant; readonly budgetLeft: number }[];
}

const seriesPoints = 120;
/** Outcomes cover less than this share of what they usually cover: they are late. */
const leastCoverage = 0.5;
/** Looked at for lateness: long enough for a few events. */
const coverageMs = 6 * hourMs;

/**
 * What is left of an error budget, how fast it burns, and since when it cannot be said. Pure. Cost: O(counts × log counts).
 */
export function evaluateSlo(question: SloQuestion): SloStatus {
  const { slo, maturityMs, now } = question;
  const { counts, stepMs } = stepsOf(question);
  const sums = countSums(counts);
  const due = Math.floor((now - (needsOutcomes(slo.sli) ? maturityMs : 0)) / stepMs) * stepMs;
  const frozenAt = freezeOf(question, sums, due, stepMs);
  const measuredTo = frozenAt ?? due;
  const window = budgetWindow(slo.window, measuredTo);
  const inside = sums.between(window.start, measuredTo);
  const pairs = burnPairs(nominalMs(slo.window), stepMs);
  const episodes = burnEpisodes(counts, sums, stepMs, pairs, slo.target, { from: question.from, to: measuredTo });
  const burns = pairs.map((pair) => ({
    pair,
    long: burnRate(sums, slo.target, measuredTo - pair.longMs, measuredTo),
    short: burnRate(sums, slo.target, measuredTo - pair.shortMs, measuredTo),
    active: episodes.some((episode) => episode.pair === pair && episode.active),
  }));
  const left = budgetLeft(inside, slo.target);
  return {
    ...stateOf(left, burns, frozenAt, inside),
    measuredTo,
    window,
    sums: inside,
    value: left === undefined ? undefined : inside.good / (inside.good + inside.bad),
    budgetLeft: left,
    burns,
    episodes,
    exhaustedAt: exhaustion(slo, left, burns.at(-1)?.long, measuredTo, window.end),
    series: seriesOf(slo, sums, window.start, measuredTo, stepMs),
  };
}

/** Events one by one, or slices of time. */
function stepsOf({ slo, counts, stepMs }: SloQuestion): {
  readonly counts: readonly SloCount[];
  readonly stepMs: number;
} {
  if (slo.budgeting.kind === "occurrences") return { counts, stepMs };
  const { sliceMs, sliceTarget } = slo.budgeting;
  return { counts: slicesOf(counts, sliceMs, sliceTarget), stepMs: sliceMs };
}

function budgetLeft({ good, bad }: Pick<SloSums, "good" | "bad">, target: number): number | undefined {
  return good + bad === 0 ? undefined : 1 - bad / (good + bad) / (1 - target);
}

/**
 * The instant up to which outcomes had arrived, where those since then are late; undefined where they are not. Late means:
 * they cover less than half of what they cover over the budget's window.
 */
function freezeOf({ slo }: SloQuestion, sums: CountSums, due: Instant, stepMs: number): Instant | undefined {
  if (!needsOutcomes(slo.sli)) return undefined;
  const stretchMs = Math.max(coverageMs, stepMs);
  const usual = coverageOf(sums.between(due - nominalMs(slo.window), due));
  if (usual === undefined || usual === 0) return undefined;
  const late = (end: Instant): boolean => {
    const covered = coverageOf(sums.between(end - stretchMs, end));
    return covered !== undefined && covered < leastCoverage * usual;
  };
  if (!late(due)) return undefined;
  for (let end = due - stretchMs; end > due - nominalMs(slo.window); end -= stretchMs) {
    const sum = sums.between(end - stretchMs, end);
    if (sum.good + sum.bad > 0 && !late(end)) return end;
  }
  return due - nominalMs(slo.window);
}

function coverageOf({ good, bad, waiting }: SloSums): number | undefined {
  const rows = good + bad + waiting;
  return rows === 0 ? undefined : (good + bad) / rows;
}

function stateOf(
  left: number | undefined,
  burns: SloStatus["burns"],
  frozenAt: Instant | undefined,
  { waiting }: SloSums,
): Pick<SloStatus, "state" | "reason"> {
  if (frozenAt !== undefined)
    return { state: "frozen", reason: "outcomes are late: nothing is known of what came after" };
  if (left === undefined)
    return {
      state: "no-data",
      reason: waiting > 0 ? "no outcome has arrived yet" : "no event in the window of the budget",
    };
  const burning = (severity: BurnPair["severity"]): boolean =>
    burns.some(({ pair, active }) => active && pair.severity === severity);
  if (left <= 0) return { state: "exhausted", reason: undefined };
  if (burning("critical")) return { state: "burning", reason: undefined };
  return { state: burning("warning") ? "at-risk" : "met", reason: undefined };
}

/** A rolling budget that is spent no faster than allowed lasts for ever; a calendar one until its period ends. */
function exhaustion(
  slo: Slo,
  left: number | undefined,
  burn: BurnRate | undefined,
  measuredTo: Instant,
  end: Instant,
): Instant | undefined {
  if (left === undefined || burn === undefined || burn.rate === 0) return undefined;
  if (left <= 0) return measuredTo;
  if (slo.window.kind === "rolling" && burn.rate <= 1) return undefined;
  const at = measuredTo + (left * nominalMs(slo.window)) / burn.rate;
  return slo.window.kind === "calendar" && at >= end ? undefined : at;
}

/** What was left at equal steps of the window; steps without events before them are left out. */
function seriesOf(slo: Slo, sums: CountSums, start: Instant, measuredTo: Instant, stepMs: number): SloStatus["series"] {
  const every = Math.max(stepMs, Math.ceil((measuredTo - start) / seriesPoints / stepMs) * stepMs);
  const points: { at: Instant; budgetLeft: number }[] = [];
  for (let at = measuredTo; at > start; at -= every) {
    const window = budgetWindow(slo.window, at - 1);
    const left = budgetLeft(
      sums.between(slo.window.kind === "rolling" ? at - slo.window.durationMs : window.start, at),
      slo.target,
    );
    if (left !== undefined) points.push({ at, budgetLeft: left });
  }
  return points.reverse();
}
