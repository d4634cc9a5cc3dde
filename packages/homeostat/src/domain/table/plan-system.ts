import { dayMs, hourMs } from "../instant.ts";
import type { Season } from "../window/window.ts";
import type { ColumnFacts } from "./column-facts.ts";
import type { TableRoles } from "./recognise-roles.ts";

/** What the model behind a table answers, and in which columns the answers stand. */
export type TableTask =
  | { readonly type: "binary-classification"; readonly column: string; readonly holds: "probability" | "decision" }
  | { readonly type: "regression"; readonly column: string }
  | { readonly type: "multiclass-classification"; readonly column: string };

/** `no-prediction`: the table holds what went in and what came of it, but no answers of a model. */
export type TaskPlan = TableTask | { readonly type: "no-prediction" };

const mostClasses = 100;
const fewValues = 20;

/** Which task a table's answers belong to. Two values are a decision, many numbers are a regression, names are classes. */
export function taskOf(columns: readonly ColumnFacts[], { score, prediction, outcome }: TableRoles): TaskPlan {
  if (score !== undefined) return { type: "binary-classification", column: score, holds: "probability" };
  const guess = columns.find(({ name }) => name === prediction);
  const truth = columns.find(({ name }) => name === outcome);
  if (guess === undefined) return { type: "no-prediction" };
  const isNumber = guess.kind === "whole" || guess.kind === "fraction";
  const two = guess.distinct <= 2 && (truth === undefined || truth.distinct <= 2);
  const isDecision = guess.kind === "yes-no" || (isNumber && guess.least !== undefined && isZeroOrOne(guess));
  if (two && isDecision) return { type: "binary-classification", column: guess.name, holds: "decision" };
  const manyTruths = truth === undefined || truth.distinct > fewValues || truth.kind === "fraction";
  if (isNumber && (guess.kind === "fraction" || guess.distinct > fewValues) && manyTruths)
    return { type: "regression", column: guess.name };
  return guess.distinct <= mostClasses
    ? { type: "multiclass-classification", column: guess.name }
    : { type: "no-prediction" };
}

const isZeroOrOne = ({ least, greatest }: ColumnFacts): boolean =>
  (least === 0 || least === 1) && (greatest === 0 || greatest === 1);

export interface WindowPlan {
  readonly lengthMs: number;
  readonly latenessMs: number;
  readonly season: Season;
  /** The stretch taken for normal; aligned to windows, end exclusive. */
  readonly baseline: { readonly from: number; readonly to: number };
  readonly windows: number;
}

export type WindowPlanning =
  | { readonly kind: "planned"; readonly plan: WindowPlan }
  | { readonly kind: "too-short"; readonly windows: number };

/** Lengths that people think in. */
const lengths: readonly number[] = [hourMs, 6 * hourMs, dayMs, 7 * dayMs, 30 * dayMs, 365 * dayMs];
/** Rows a window should hold, so that a moderate shift shows; and those it must. */
const wantedRows = 500;
const leastRows = 50;
/** A baseline needs this many windows of its own to know how much healthy ones differ, and as many again are watched. */
const baselineWindows = 8;
const wantedWindows = 2 * baselineWindows;
const weeksForSeason = 8;

/**
 * Windows from the traffic: the shortest usual length that holds 500 rows on average, or shorter where that leaves fewer
 * than sixteen windows. Normal is the first half of the history unless a person said until when, but at least eight windows.
 * `too-short` when even that is not there: then nobody can say how much healthy windows differ.
 */
export function planWindows(history: {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  /** Times only hold days: windows shorter than a day would all but one be empty. */
  readonly wholeDays: boolean;
  readonly baselineUntil: number | undefined;
  readonly lengthMs: number | undefined;
}): WindowPlanning {
  const spanMs = Math.max(1, history.to - history.from);
  const usable = lengths.filter((length) => !history.wholeDays || length >= dayMs);
  const rowsIn = (length: number): number => (history.rows * length) / spanMs;
  const fitting = usable.find((length) => rowsIn(length) >= wantedRows) ?? usable.at(-1) ?? dayMs;
  const fine = usable.filter((length) => spanMs / length >= wantedWindows && rowsIn(length) >= leastRows).at(-1);
  const lengthMs =
    history.lengthMs ?? (spanMs / fitting >= wantedWindows ? fitting : (fine ?? Math.min(fitting, usable[0] ?? dayMs)));
  const first = Math.floor(history.from / lengthMs) * lengthMs;
  const last = Math.floor(history.to / lengthMs) * lengthMs + lengthMs;
  const windows = Math.round((last - first) / lengthMs);
  if (windows < baselineWindows) return { kind: "too-short", windows };
  const half = Math.max(baselineWindows, Math.floor(windows / 2));
  const until =
    history.baselineUntil === undefined
      ? first + half * lengthMs
      : Math.floor(history.baselineUntil / lengthMs) * lengthMs;
  const season = until - first >= weeksForSeason * 7 * dayMs ? seasonFor(lengthMs) : "none";
  return {
    kind: "planned",
    plan: {
      lengthMs,
      latenessMs: Math.max(hourMs / 4, Math.min(dayMs, lengthMs / 12)),
      season,
      baseline: { from: first, to: until },
      windows,
    },
  };
}

/** Windows shorter than a day have their hour of the week, those of a day their day of the week. */
function seasonFor(lengthMs: number): Season {
  if (lengthMs === dayMs) return "day-of-week";
  return lengthMs < dayMs && dayMs % lengthMs === 0 ? "hour-of-week" : "none";
}
