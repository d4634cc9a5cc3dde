import { logChoose } from "../special/log-choose.ts";

/**
 * Probability of seeing at least `currentEvents` events among the current rows when events are dealt without regard to
 * the period: the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided).
 *
 *     P(X >= k),  X ~ Hypergeometric(N = n0 + n1 rows, K = events in all, n1 draws)
 *
 * Integers, 0 <= events <= rows. Returns 1 when there is nothing to see. Exact up to rounding; cost: O(terms until they
 * no longer matter). Source: Fisher 1935.
 */
export function fisherUpperTail(
  baselineRows: number,
  baselineEvents: number,
  currentRows: number,
  currentEvents: number,
): number {
  const events = baselineEvents + currentEvents;
  const highest = Math.min(events, currentRows);
  if (currentEvents <= Math.max(0, events - baselineRows)) return 1;
  let term = Math.exp(
    logChoose(currentRows, currentEvents) +
      logChoose(baselineRows, baselineEvents) -
      logChoose(baselineRows + currentRows, events),
  );
  let total = 0;
  for (let k = currentEvents; k <= highest; k++) {
    total += term;
    if (term < total * 1e-17) break;
    const left = events - k;
    term *= ((currentRows - k) / (k + 1)) * (left / (baselineRows - left + 1));
  }
  return Math.min(1, total);
}
