/** Sums over one group of rows in one period. For 0/1 losses the sum of squares equals the sum. */
export interface GroupSums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

export interface ExposureContrastInput {
  readonly exposedBefore: GroupSums;
  readonly exposedAfter: GroupSums;
  readonly unexposedBefore: GroupSums;
  readonly unexposedAfter: GroupSums;
  /** Variance inflation of clustered rows (1 = independent). */
  readonly overdispersion?: number;
  /** Fewest rows in each of the four groups (default 10). */
  readonly minimumRows?: number;
}

export type ExposureContrast =
  | {
      readonly kind: "contrast";
      /** Change of the mean among exposed rows. */
      readonly exposedChange: number;
      /** Change of the mean among unexposed rows. */
      readonly unexposedChange: number;
      /** exposedChange - unexposedChange. */
      readonly effect: number;
      readonly standardError: number;
      readonly z: number;
    }
  | { readonly kind: "insufficient"; readonly have: number; readonly need: number };

/**
 * Difference in differences: did the mean move more among rows exposed to a change than among the others?
 *
 *     effect = (m_exposed,after - m_exposed,before) - (m_unexposed,after - m_unexposed,before),   z = effect / se
 *     se^2   = phi * sum over the four groups of s^2 / n,   s^2 = (SS_group + pooled variance) / n
 *
 * Each group's variance carries one observation of the variance pooled over the groups, so a group without a single
 * error does not claim certainty; `insufficient` when no group varies at all. Assumes that both groups would have moved alike without the change (parallel trends); a change
 * that everybody receives has no unexposed rows and gives `insufficient`. Cost: O(1).
 * Source: algorithms specification, section 6.1; Card and Krueger 1994 for the design.
 */
export function exposureContrast(input: ExposureContrastInput): ExposureContrast {
  const need = input.minimumRows ?? 10;
  const groups = [input.exposedBefore, input.exposedAfter, input.unexposedBefore, input.unexposedAfter] as const;
  const have = Math.min(...groups.map((g) => g.n));
  if (!(have >= need) || have < 1)
    return { kind: "insufficient", have: Number.isFinite(have) ? have : 0, need: Math.max(1, need) };
  const pooled = pooledVariance(groups);
  const [before, after, otherBefore, otherAfter] = groups;
  const exposedChange = after.sum / after.n - before.sum / before.n;
  const unexposedChange = otherAfter.sum / otherAfter.n - otherBefore.sum / otherBefore.n;
  const variance = groups.reduce((total, g) => total + (deviance(g) + pooled) / (g.n * g.n), 0);
  const standardError = Math.sqrt(Math.max(1, input.overdispersion ?? 1) * variance);
  const effect = exposedChange - unexposedChange;
  if (!(standardError > 0)) return { kind: "insufficient", have, need };
  return { kind: "contrast", exposedChange, unexposedChange, effect, standardError, z: effect / standardError };
}

/** Sum of squared deviations from the group's own mean. */
function deviance(group: GroupSums): number {
  return Math.max(0, group.sumSquares - (group.sum * group.sum) / group.n);
}

/** Mean squared deviation within groups, over all groups together. */
function pooledVariance(groups: readonly GroupSums[]): number {
  const n = groups.reduce((total, g) => total + g.n, 0);
  return groups.reduce((total, g) => total + deviance(g), 0) / Math.max(1, n - groups.length);
}
