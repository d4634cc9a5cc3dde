import {
  evidentlyCategories,
  evidentlyChiSquare,
  evidentlyJensenShannon,
  evidentlyKolmogorovSmirnov,
  evidentlyWasserstein,
} from "../../packages/homeostat/src/stats/distance/compatible/evidently.ts";
import {
  nannymlJensenShannon,
  nannymlJensenShannonOfNumbers,
  nannymlThreshold,
} from "../../packages/homeostat/src/stats/distance/compatible/nannyml.ts";
import { shuffle } from "../../packages/homeostat/src/stats/random/shuffle.ts";
import { createXoshiro } from "../../packages/homeostat/src/stats/random/xoshiro.ts";
import type { StreamColumn } from "./stream.ts";
import type { WatchedSystem, WindowRows } from "./watched-system.ts";

/** A peer's default rules: which columns of a window it alarms about. Over all rows, as both are used by default. */
export interface PeerRule {
  readonly name: string;
  alarms(rows: WindowRows): readonly string[];
}

/** A reference larger than this is thinned once, as their users do: their tests sort both samples anew for every window. */
const mostReferenceRows = 5_000;

function referenceOf(system: WatchedSystem): readonly StreamColumn[] {
  const { stream } = system;
  const rows = stream.windows.flatMap((window, row) => (window < stream.referenceWindows ? [row] : []));
  const picked = shuffle(createXoshiro(1), rows).slice(0, mostReferenceRows);
  return stream.columns.map((column) =>
    column.kind === "number"
      ? { ...column, values: picked.map((row) => column.values[row] ?? Number.NaN) }
      : { ...column, values: picked.map((row) => column.values[row] ?? null) },
  );
}

const numbersOf = ({ values }: StreamColumn): number[] => (values as readonly number[]).filter(Number.isFinite);
const namesOf = ({ values }: StreamColumn): string[] =>
  (values as readonly (string | null)[]).filter((value) => value !== null);
const few = 1_000;
const alpha = 0.05;
const distanceLimit = 0.1;

/** Evidently 0.7: up to 1,000 reference rows a p-value below 0.05, above them a distance of at least 0.1. */
export function evidentlyStyle(system: WatchedSystem): PeerRule {
  const reference = referenceOf(system);
  const isFew = (reference[0]?.values.length ?? 0) <= few;
  const hasDrifted = (before: StreamColumn, now: StreamColumn): boolean => {
    if (before.kind === "number") {
      const [left, right] = [numbersOf(before), numbersOf(now)];
      if (right.length === 0) return false;
      return isFew
        ? evidentlyKolmogorovSmirnov(left, right) < alpha
        : evidentlyWasserstein(left, right) >= distanceLimit;
    }
    const counts = evidentlyCategories(namesOf(before), namesOf(now));
    return isFew ? evidentlyChiSquare(counts) < alpha : evidentlyJensenShannon(counts) >= distanceLimit;
  };
  return {
    name: "Evidently-style",
    alarms: (rows) =>
      reference.flatMap((before, index) => {
        const now = rows.columns[index];
        return now !== undefined && hasDrifted(before, now) ? [before.name] : [];
      }),
  };
}

/** NannyML 0.13: Jensen-Shannon, missing values and unseen values of every column beyond three standard deviations of the reference's chunks. */
export function nannymlStyle(system: WatchedSystem): PeerRule {
  const reference = referenceOf(system);
  const known = reference.map((column) => new Set(column.values as readonly (string | number | null)[]));
  const measure = (rows: WindowRows): readonly (readonly number[])[] =>
    rows.columns.map((now, index) => {
      const before = reference[index];
      if (before === undefined) return [];
      const missing = now.values.filter((value) => value === null || Number.isNaN(value)).length / now.values.length;
      if (before.kind === "number") return [nannymlJensenShannonOfNumbers(numbersOf(before), numbersOf(now)), missing];
      const unseen = namesOf(now).filter((value) => known[index]?.has(value) !== true).length;
      return [nannymlJensenShannon(evidentlyCategories(namesOf(before), namesOf(now))), missing, unseen];
    });
  const chunks = Array.from({ length: system.stream.referenceWindows }, (_, index) => measure(system.rows(index)));
  const limits = system.stream.columns.map((_, column) =>
    (chunks[0]?.[column] ?? []).map(
      (__, place) => nannymlThreshold(chunks.map((chunk) => chunk[column]?.[place] ?? 0))[1],
    ),
  );
  return {
    name: "NannyML-style",
    alarms: (rows) =>
      measure(rows).flatMap((values, column) =>
        values.some((value, place) => value > (limits[column]?.[place] ?? Number.POSITIVE_INFINITY))
          ? [system.stream.columns[column]?.name ?? ""]
          : [],
      ),
  };
}
