export interface UnknownScoreReestimate {
  /** The score that "none of the logged events" held so far (default 1e-3). */
  readonly score?: number;
  /** Confirmed incidents whose cause was in the log. */
  readonly logged: number;
  /** Confirmed incidents whose cause was not in the log. */
  readonly unlogged: number;
  /** Share of unlogged causes that the original score stands for (default 0.2). */
  readonly assumedShare?: number;
  /** How many confirmed incidents that assumption is worth (default 20). */
  readonly concentration?: number;
}

/**
 * Score of "none of the logged events" after confirmed incidents: scaled by how much the odds of an unlogged cause
 * moved from the assumed share to its Beta posterior mean.
 *
 *     share' = (c * share + unlogged) / (c + logged + unlogged);   score' = score * odds(share') / odds(share)
 *
 * Stays positive and finite for every count. Cost: O(1). Source: the Dirichlet counts of section 6.1, applied to the
 * ninth candidate; ours.
 */
export function reestimatedUnknownScore(input: UnknownScoreReestimate): number {
  const share = input.assumedShare ?? 0.2;
  const concentration = input.concentration ?? 20;
  if (!(share > 0 && share < 1 && concentration > 0))
    throw new RangeError("assumed share must lie in (0, 1), concentration above 0");
  const unlogged = concentration * share + Math.max(0, input.unlogged);
  const logged = concentration * (1 - share) + Math.max(0, input.logged);
  return ((input.score ?? 1e-3) * (unlogged / logged)) / (share / (1 - share));
}
