import type { EstimateCell } from "@homeostat/protocol";
import { metricWords } from "./metric.ts";
import { formatCount } from "./number.ts";

type Standing = NonNullable<EstimateCell["record"]>["standing"];

/** What the record of past estimates comes to. */
export const standingWords: Readonly<Record<Standing, { readonly word: string; readonly advice: string }>> = {
  "too-few": {
    word: "No record yet",
    advice: "Fewer than five estimates could be held against their outcomes: take it as a guess.",
  },
  trusted: { word: "Trusted", advice: "Past estimates held what the outcomes said about as often as they claim." },
  narrow: {
    word: "Close, interval too narrow",
    advice: "Past estimates were close, but their intervals missed more often than they claim.",
  },
  "do-not-trust": {
    word: "Do not trust",
    advice:
      "Past estimates missed what the outcomes said by too much to be of use: wait for outcomes, or label some rows.",
  },
};

/** The newest estimate in plain words: what, on what assumption, and whether to believe it. */
export function estimateSentence(cell: EstimateCell, when: string): string {
  const own = cell.metrics.find(({ name }) => name === cell.metric);
  const { word, format } = metricWords[cell.metric];
  const advice = cell.record === null ? "" : ` ${standingWords[cell.record.standing].advice}`;
  if (own === undefined) return `${when}: nothing is estimated, ${cell.reason ?? "the reason is not known"}.${advice}`;
  const { value, low, high } = own.estimated;
  return `${when}: ${word} is estimated at ${format(value)} (${format(low)} to ${format(high)}) from ${formatCount(cell.rows)} rows, if ${cell.assumption}.${advice}`;
}
