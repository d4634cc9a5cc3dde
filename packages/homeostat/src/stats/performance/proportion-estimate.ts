import { clopperPearson } from "../special/clopper-pearson.ts";
import { type Estimate, type IntervalOptions, resolveInterval } from "./estimate.ts";
import type { Insufficient, Invalid } from "./refusal.ts";
import { wilsonInterval } from "./wilson-interval.ts";

export interface ProportionOptions extends IntervalOptions {
  /** "wilson" (default) is close to nominal on average; "clopper-pearson" never covers less than 1 - alpha. */
  readonly method?: "wilson" | "clopper-pearson";
}

/**
 * A proportion k / n with standard error sqrt(p(1-p) phi / n) and a Wilson or Clopper-Pearson interval.
 * With overdispersion phi the Clopper-Pearson limits are taken at k / phi of n / phi (Beta quantiles accept fractions).
 * Assumes independent Bernoulli rows of equal probability, up to phi. n = 0 is refused. O(1).
 * Source: Wilson (1927); Clopper and Pearson (1934), Biometrika 26.
 */
export function proportionEstimate(
  successes: number,
  n: number,
  options: ProportionOptions = {},
): Estimate | Insufficient | Invalid {
  const { alpha, overdispersion } = resolveInterval(options);
  const wilson = wilsonInterval(successes, n, options);
  if (wilson.kind !== "interval") return wilson;
  const method = options.method ?? "wilson";
  const effectiveN = n / overdispersion;
  const ends = method === "wilson" ? wilson : clopperPearson(successes / overdispersion, effectiveN, alpha);
  const value = successes / n;
  return {
    kind: "estimate",
    value,
    standardError: Math.sqrt((value * (1 - value)) / effectiveN),
    lower: ends.lower,
    upper: ends.upper,
    alpha,
    n,
    effectiveN,
    method,
  };
}
