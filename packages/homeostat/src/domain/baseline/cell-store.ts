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

/** Outputs of the rows of one stratum: the probability, the value or the confidence. */
export interface OutputCell {
  readonly stratum: number;
  readonly rows: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Outputs by stratum, by value of a segment. */
export type CohortCells = ReadonlyMap<string, readonly OutputCell[]>;

/** Lays the labelled rows of a window beside those of the baseline: one GROUP BY on either side, sums only. */
export interface CellStore {
  lossCells(system: System, baseline: Baseline, window: Window, strata: Strata): Promise<LossCells>;
  /** The features by how much of the output's variance they explain alone in the baseline, most first. */
  featuresByOutput(system: System, baseline: Baseline): Promise<readonly string[]>;
  /** Outputs of every value of a segment in rows alike in some features, so that cohorts can be compared at like inputs. */
  cohortCells(
    system: System,
    baseline: Baseline,
    window: Window,
    segment: string,
    features: Strata["features"],
  ): Promise<CohortCells>;
}
