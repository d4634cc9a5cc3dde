/** A recomputed value of an entity at a moment. */
export interface TimedValue {
  readonly entity: string;
  readonly atHours: number;
  readonly value: number | null;
}

/** Lags tried for stale features: an hour to thirty days. */
export const staleLagHours: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168, 336, 720];

/**
 * For each row, the value its entity had `lagHours` earlier: the latest one at or before that moment, null when none.
 *
 * Feeds `SkewContext.lagged`. Cost: O(rows log rows).
 */
export function laggedValues(rows: readonly TimedValue[], lagHours: number): readonly (number | null)[] {
  const histories = new Map<string, TimedValue[]>();
  for (const row of rows) {
    const history = histories.get(row.entity) ?? [];
    history.push(row);
    histories.set(row.entity, history);
  }
  for (const history of histories.values()) history.sort((a, b) => a.atHours - b.atHours);
  return rows.map((row) => latestAt(histories.get(row.entity) ?? [], row.atHours - lagHours));
}

function latestAt(history: readonly TimedValue[], atHours: number): number | null {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.atHours ?? 0) <= atHours) low = middle + 1;
    else high = middle;
  }
  return history[low - 1]?.value ?? null;
}
