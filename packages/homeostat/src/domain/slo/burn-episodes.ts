import { binomialSurvival } from "../../stats/special/binomial-survival.ts";
import type { Instant } from "../instant.ts";
import type { BurnPair } from "./burn-pairs.ts";
import type { CountSums } from "./count-sums.ts";
import type { SloCount } from "./slo.ts";

/** How fast a budget is spent over one stretch: 1 spends exactly the budget over its window. */
export interface BurnRate {
  readonly rate: number;
  readonly good: number;
  readonly bad: number;
}

/** undefined where no event is known. */
export function burnRate(sums: CountSums, target: number, from: Instant, to: Instant): BurnRate | undefined {
  const { good, bad } = sums.between(from, to);
  if (good + bad === 0) return undefined;
  return { rate: bad / (good + bad) / (1 - target), good, bad };
}

/** A stretch in which a pair fired. */
export interface BurnEpisode {
  readonly pair: BurnPair;
  readonly start: Instant;
  /** Last instant at which it fired. */
  readonly last: Instant;
  /** Still firing at the last instant that could be measured. */
  readonly active: boolean;
  /** Of the long window when it first fired. */
  readonly burn: BurnRate;
  /** Chance of as many bad events in the long window at the allowed rate: few events alone page nobody. */
  readonly pValue: number;
}

/** A handful of bad events at the allowed rate is chance. */
const alpha = 0.01;

/**
 * The stretches of [from, to) in which the pairs fire, each looked at whenever a step with known events ends. Firings less
 * than the long window apart are one. Pure. Cost: O(steps × pairs × log steps).
 */
export function burnEpisodes(
  counts: readonly SloCount[],
  sums: CountSums,
  stepMs: number,
  pairs: readonly BurnPair[],
  target: number,
  range: { readonly from: Instant; readonly to: Instant },
): readonly BurnEpisode[] {
  const ends = counts
    .filter(({ good, bad }) => good + bad > 0)
    .map(({ start }) => start + stepMs)
    .filter((end) => end > range.from && end <= range.to);
  return pairs.flatMap((pair) => {
    const episodes: BurnEpisode[] = [];
    for (const end of ends) {
      const fired = firing(sums, pair, target, end);
      const last = episodes.at(-1);
      if (fired === undefined) {
        if (last?.active === true) episodes[episodes.length - 1] = { ...last, active: false };
        continue;
      }
      if (last !== undefined && end - last.last <= pair.longMs)
        episodes[episodes.length - 1] = { ...last, last: end, active: true };
      else episodes.push({ pair, start: end, last: end, active: true, ...fired });
    }
    return episodes;
  });
}

function firing(
  sums: CountSums,
  pair: BurnPair,
  target: number,
  end: Instant,
): Pick<BurnEpisode, "burn" | "pValue"> | undefined {
  const long = burnRate(sums, target, end - pair.longMs, end);
  const short = burnRate(sums, target, end - pair.shortMs, end);
  if (long === undefined || short === undefined || long.rate < pair.factor || short.rate < pair.factor)
    return undefined;
  const pValue = binomialSurvival(long.bad - 1, long.good + long.bad, 1 - target);
  return pValue > alpha ? undefined : { burn: long, pValue };
}
