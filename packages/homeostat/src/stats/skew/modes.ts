/** A value and how often it occurred. */
export interface Mode {
  readonly value: number;
  readonly count: number;
}

/**
 * Most frequent values after rounding to `digits` significant digits, most frequent first (of equals, the one seen first).
 *
 * Values are grouped by rounding; each mode is reported as the first value of its group rounded. Non-finite values are
 * ignored. Cost: O(values).
 */
export function modesOf(values: readonly number[], digits = 6, limit = 3): readonly Mode[] {
  const counts = new Map<number, number>();
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const rounded = Number(value.toPrecision(digits));
    const key = rounded === 0 ? 0 : rounded;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, limit);
}
