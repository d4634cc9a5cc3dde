import { psiTest } from "../../stats/distance/psi.ts";
import { groupCounts } from "../../stats/histogram/bin-groups.ts";
import { type Overdispersion, overdispersionOf } from "../../stats/hypothesis/overdispersion.ts";
import { subtractCounts, total } from "./count-series.ts";
import type { Grouping } from "./grouping.ts";

/** Sums of the windows of each season. */
export function bySeason<T>(
  seasons: readonly string[],
  values: readonly T[],
  add: (left: T, right: T) => T,
): Map<string, T> {
  const sums = new Map<string, T>();
  values.forEach((value, index) => {
    const season = seasons[index] ?? "";
    const known = sums.get(season);
    sums.set(season, known === undefined ? value : add(known, value));
  });
  return sums;
}

/**
 * How much healthy windows differ beyond chance, each held against the others of its season; undefined with too few.
 * Windows of a season share their mean, so each season costs one degree of freedom.
 */
export function healthyVariation(
  seasons: readonly string[],
  windows: readonly (readonly number[])[],
  sums: ReadonlyMap<string, readonly number[]>,
  groups: Grouping,
): Overdispersion | undefined {
  const compared = windows.flatMap((window, index) => {
    const season = seasons[index] ?? "";
    const rest = subtractCounts(sums.get(season) ?? [], window);
    const used = groups(window, rest);
    const tested = psiTest(groupCounts(window, used), groupCounts(rest, used));
    return tested.kind === "tested" ? [{ statistic: tested.statistic, df: tested.df, season }] : [];
  });
  return variationOf(compared, new Set(compared.map(({ season }) => season)).size);
}

function variationOf(
  compared: readonly { readonly statistic: number; readonly df: number }[],
  means: number,
): Overdispersion | undefined {
  const estimated = overdispersionOf(compared);
  return estimated.kind === "estimated"
    ? { phi: estimated.phi, windows: Math.max(1, estimated.windows - means) }
    : undefined;
}

const leastRowsOfShare = 10;

/** The same for one share (missing values): the squared score statistic of each window against all others. */
export function healthyShareVariation(hits: readonly number[], rows: readonly number[]): Overdispersion | undefined {
  const allHits = total(hits);
  const allRows = total(rows);
  const pooled = allRows === 0 ? 0 : allHits / allRows;
  if (pooled === 0 || pooled === 1) return undefined;
  const compared = rows.flatMap((own, index) => {
    const others = allRows - own;
    if (Math.min(own, others) < leastRowsOfShare) return [];
    const difference = (hits[index] ?? 0) / own - (allHits - (hits[index] ?? 0)) / others;
    return [{ statistic: difference ** 2 / (pooled * (1 - pooled) * (1 / own + 1 / others)), df: 1 }];
  });
  return variationOf(compared, 1);
}
