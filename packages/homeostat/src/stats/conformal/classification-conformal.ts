/**
 * Score of the least ambiguous set classifier (LAC): 1 - p[true class]. Smallest sets on average; may leave hard rows
 * with an empty set and under-cover hard classes. `label` outside the classes gives 1. O(1).
 * Source: Sadinle, Lei, Wasserman (2019), JASA 114.
 */
export function lacScore(probabilities: readonly number[], label: number): number {
  return 1 - (probabilities[label] ?? 0);
}

/** The classes with 1 - p <= cutoff, in class order; all of them at Infinity, none at -Infinity. O(k). */
export function lacSet(probabilities: readonly number[], cutoff: number): readonly number[] {
  return classesWhere(probabilities, (p) => 1 - p <= cutoff);
}

/**
 * Score of adaptive prediction sets (APS): the probability of all classes above the true one, plus `share` of its own.
 * `share` in [0, 1] is a uniform draw for exact coverage, or 1 (default) for deterministic, slightly larger sets; ties
 * count as above in class order. Better coverage of hard rows and classes than LAC, larger sets. O(k).
 * Source: Romano, Sesia, Candès (2020), NeurIPS.
 */
export function apsScore(probabilities: readonly number[], label: number, share = 1): number {
  const own = probabilities[label] ?? 0;
  let above = 0;
  for (const [c, p] of probabilities.entries()) if (p > own || (p === own && c < label)) above += p;
  return above + share * own;
}

/** The classes whose APS score (with the row's own `share`) is at most the cut-off, most probable first. O(k^2). */
export function apsSet(probabilities: readonly number[], cutoff: number, share = 1): readonly number[] {
  return probabilities
    .map((p, c) => ({ p, c }))
    .filter(({ c }) => apsScore(probabilities, c, share) <= cutoff)
    .sort((a, b) => b.p - a.p || a.c - b.c)
    .map(({ c }) => c);
}

function classesWhere(probabilities: readonly number[], keep: (p: number) => boolean): readonly number[] {
  return probabilities.flatMap((p, c) => (keep(p) ? [c] : []));
}
