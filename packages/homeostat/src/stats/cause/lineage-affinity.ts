/** How far below the change a drifted feature lies in the lineage graph. */
export interface LineageReach {
  /** Share of the drift carried by the feature (sums to 1 over features). */
  readonly share: number;
  /** Edges from the changed node down to the feature; null when the change cannot reach it. */
  readonly distance: number | null;
}

/**
 * How well the drifted features lie downstream of a change.
 *
 *     D = sum over f of share_f * decay^distance_f + floor        (unreachable features add nothing)
 *
 * Range: [floor, 1 + floor]. Defaults: decay 0.7, floor 0.01. Cost: O(features).
 * Failure mode: an incomplete lineage graph makes the true cause look unreachable, which lowers but never forbids it.
 * Source: algorithms specification, section 6.1.
 */
export function lineageAffinity(reach: readonly LineageReach[], decay = 0.7, floor = 0.01): number {
  let affinity = floor;
  for (const { share, distance } of reach) if (distance !== null) affinity += share * decay ** distance;
  return affinity;
}
