import type { FeatureVector } from "../pipeline/pipeline.ts";
import type { ServedRowSampler } from "../skew/replay.ts";
import type { System } from "../system/system.ts";
import type { Baseline } from "./baseline.ts";
import type { RowRange } from "./slice-store.ts";

/** Bounded draws of raw rows, for the few questions that sums cannot answer. The same draw gives the same rows. */
export interface RowSampler extends ServedRowSampler {
  /** Vectors in the order of the baseline's features. Cost: one scan of the rows in range. */
  vectors(system: System, baseline: Baseline, range: RowRange, mostRows: number): Promise<readonly FeatureVector[]>;
}
