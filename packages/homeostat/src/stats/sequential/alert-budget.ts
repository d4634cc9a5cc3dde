/**
 * The alarm threshold that spends a budget of false alarms over all series.
 *
 *   A = series · looksPerWeek / falseAlarmsPerWeek,  never below 1
 *
 * An e-detector with threshold A has an average run length of at least A looks when nothing is wrong, so `series` of
 * them looked at `looksPerWeek` times raise at most `falseAlarmsPerWeek` false alarms a week on average, whatever the
 * dependence between the series. All three positive and finite (anything else is a bug). O(1).
 */
export function alertThreshold(series: number, looksPerWeek: number, falseAlarmsPerWeek: number): number {
  for (const value of [series, looksPerWeek, falseAlarmsPerWeek])
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`budget terms must be positive, got ${value}`);
  return Math.max(1, (series * looksPerWeek) / falseAlarmsPerWeek);
}
