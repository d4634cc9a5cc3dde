import {
  type CategoricalSkewPattern,
  concludeSkew,
  defaultSkewOptions,
  type SkewClassification,
  type SkewHypothesis,
  type SkewOptions,
} from "./skew-pattern.ts";

export interface CategoricalPair {
  readonly logged: string | null;
  readonly recomputed: string | null;
}

/** A map of categories must explain at least 95 % of the mismatched rows. */
export const defaultCategoricalSkewOptions: SkewOptions = { ...defaultSkewOptions, minimumShare: 0.95 };

/**
 * Names the rule by which logged values of a categorical feature differ from their recomputation.
 *
 * Over the mismatched rows each recomputed value goes to its most frequent logged value; the share of rows that follow
 * this map is what it explains. The map is then read: equal up to case and spaces, values exchanged in pairs, another
 * permutation (label-encoder order), everything to one value, one-to-one renaming, or merging. Values that mismatch far
 * less often than the most affected one are noise and do not shape the reading. Null counts as its own case. Fewer than
 * 20 mismatched rows give `insufficient`. Cost: O(rows). Source: algorithms specification, section 10.
 */
export function classifyCategoricalSkew(
  pairs: readonly CategoricalPair[],
  options: SkewOptions = defaultCategoricalSkewOptions,
): SkewClassification<CategoricalSkewPattern> {
  const rows = pairs.length;
  const mismatches = pairs.filter((pair) => pair.logged !== pair.recomputed);
  const mismatched = mismatches.length;
  if (rows > 0 && mismatched === 0) return { kind: "match", rows, mismatched: 0 };
  const need = Math.max(1, options.minimumMismatches);
  if (mismatched < need) return { kind: "insufficient", rows, mismatched, need };
  const hypotheses = [
    ...nullHypotheses(mismatches),
    ...spellingHypothesis(mismatches),
    ...mapHypothesis(pairs, mismatches),
  ];
  return concludeSkew(rows, mismatched, hypotheses, options);
}

type Hypothesis = SkewHypothesis<CategoricalSkewPattern>;

function nullHypotheses(mismatches: readonly CategoricalPair[]): readonly Hypothesis[] {
  const lost = mismatches.filter((p) => p.logged === null).length;
  const imputed = new Map<string, number>();
  for (const { logged, recomputed } of mismatches) {
    if (recomputed === null && logged !== null) imputed.set(logged, (imputed.get(logged) ?? 0) + 1);
  }
  const hypotheses: Hypothesis[] = [];
  const [mode] = [...imputed].sort((a, b) => b[1] - a[1]);
  if (mode !== undefined) {
    hypotheses.push({
      finding: { pattern: "null_imputed", value: mode[0] },
      share: mode[1] / mismatches.length,
      priority: 0,
    });
  }
  if (lost > 0)
    hypotheses.push({ finding: { pattern: "value_lost_to_null" }, share: lost / mismatches.length, priority: 0 });
  return hypotheses;
}

function spellingHypothesis(mismatches: readonly CategoricalPair[]): readonly Hypothesis[] {
  const plain = (value: string | null): string | null => (value === null ? null : value.trim().toLowerCase());
  const same = mismatches.filter((p) => p.logged !== null && plain(p.logged) === plain(p.recomputed)).length;
  return same > 0 ? [{ finding: { pattern: "case_or_whitespace" }, share: same / mismatches.length, priority: 1 }] : [];
}

function mapHypothesis(
  pairs: readonly CategoricalPair[],
  mismatches: readonly CategoricalPair[],
): readonly Hypothesis[] {
  const occurrences = new Map<string, number>();
  for (const { recomputed } of pairs) {
    if (recomputed !== null) occurrences.set(recomputed, (occurrences.get(recomputed) ?? 0) + 1);
  }
  const routes = [...targetsOf(mismatches)].map(([from, row]) => {
    const [mode] = [...row].sort((a, b) => b[1] - a[1]);
    const affected = [...row.values()].reduce((sum, count) => sum + count, 0) / (occurrences.get(from) ?? 1);
    return { from, to: mode?.[0] ?? "", count: mode?.[1] ?? 0, affected };
  });
  const mostAffected = Math.max(0, ...routes.map((route) => route.affected));
  // A rule touches its values alike; a value touched a quarter as often as the worst is touched by noise.
  const kept = routes.filter((route) => route.affected >= 0.25 * mostAffected);
  if (kept.length === 0) return [];
  const followed = kept.reduce((sum, route) => sum + route.count, 0);
  const mapping = new Map(kept.map((route) => [route.from, route.to]));
  return [{ finding: readMap(mapping), share: followed / mismatches.length, priority: 2 }];
}

/** How often each recomputed value was logged as each other value. */
function targetsOf(mismatches: readonly CategoricalPair[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const targets = new Map<string, Map<string, number>>();
  for (const { logged, recomputed } of mismatches) {
    if (logged === null || recomputed === null) continue;
    const row = targets.get(recomputed) ?? new Map<string, number>();
    row.set(logged, (row.get(logged) ?? 0) + 1);
    targets.set(recomputed, row);
  }
  return targets;
}

function readMap(mapping: ReadonlyMap<string, string>): CategoricalSkewPattern {
  const [first] = mapping;
  const images = new Set(mapping.values());
  const injective = images.size === mapping.size;
  const permutation = injective && [...mapping.keys()].every((key) => images.has(key));
  if (permutation && first !== undefined && [...mapping].every(([from, to]) => mapping.get(to) === from)) {
    return { pattern: "swapped", values: first };
  }
  if (permutation) return { pattern: "permuted", mapping: Object.fromEntries(mapping) };
  if (images.size === 1 && mapping.size > 1) return { pattern: "collapsed_to_default", value: first?.[1] ?? "" };
  return { pattern: injective ? "renamed" : "merged", mapping: Object.fromEntries(mapping) };
}
