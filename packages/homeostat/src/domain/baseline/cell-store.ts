import type { ShiftCell } from "../../stats/attribution/shift-cell.ts";
import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { Baseline } from "./baseline.ts";

/** Lists of fine bins that are united: of the prediction, or of a feature. */
export type BinUnion = readonly (readonly number[])[];

/** How rows are laid into strata: by prediction, and by no, one or two features. */
export interface Strata {
  readonly prediction: BinUnion;
  readonly features: readonly { readonly name: string; readonly groups: BinUnion }[];
}

/** Labelled rows and their summed loss by stratum, of the baseline and of a window, by segment key (`""`: all rows). */
export type LossCells = ReadonlyMap<string, readonly ShiftCell[]>;

/** Lays the labelled rows of a window beside those of the baseline: one GROUP BY on either side, sums only. */
export interface CellStore {
  lossCells(system: System, baseline: Baseline, window: Window, strata: Strata): Promise<LossCells>;
}
