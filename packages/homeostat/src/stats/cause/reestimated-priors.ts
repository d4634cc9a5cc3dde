export interface PriorReestimate {
  /** Prior weight by kind, any positive scale. */
  readonly priors: Readonly<Record<string, number>>;
  /** Incidents whose cause people confirmed, by kind. Kinds absent from `priors` start from a weight of zero. */
  readonly confirmed: Readonly<Record<string, number>>;
  /** How many confirmed incidents the original priors are worth (default 20). */
  readonly concentration?: number;
}

/**
 * Priors of causes after a team's own confirmed incidents: the posterior mean of a Dirichlet.
 *
 *     prior'_k = (c * prior_k / sum(prior) + count_k) / (c + sum(count)) * sum(prior)
 *
 * The total weight is kept, so the balance against the unknown score does not drift by re-estimation alone.
 * Cost: O(kinds). Source: algorithms specification, section 6.1 (Dirichlet counts).
 */
export function reestimatedPriors(input: PriorReestimate): Readonly<Record<string, number>> {
  const concentration = Math.max(0, input.concentration ?? 20);
  const total = Object.values(input.priors).reduce((sum, p) => sum + Math.max(0, p), 0);
  const observed = Object.values(input.confirmed).reduce((sum, c) => sum + Math.max(0, c), 0);
  if (!(total > 0) || concentration + observed === 0) return input.priors;
  const kinds = new Set([...Object.keys(input.priors), ...Object.keys(input.confirmed)]);
  const result: Record<string, number> = {};
  for (const kind of kinds) {
    const start = (concentration * Math.max(0, input.priors[kind] ?? 0)) / total;
    result[kind] = ((start + Math.max(0, input.confirmed[kind] ?? 0)) / (concentration + observed)) * total;
  }
  return result;
}
