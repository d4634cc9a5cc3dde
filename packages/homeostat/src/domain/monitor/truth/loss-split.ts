import type { ShiftCell } from "../../../stats/attribution/shift-cell.ts";
import { shiftDecomposition } from "../../../stats/attribution/shift-decomposition.ts";

/** A change of the mean loss in three parts that add up to it (R18). */
export interface LossSplit {
  readonly total: number;
  /** Because other rows arrive: data drift. */
  readonly covariate: number;
  /** Because rows alike in prediction and strata fare worse: concept drift. */
  readonly concept: number;
  /** Because of kinds of rows that exist on one side only. */
  readonly unseen: number;
  /** Share of the window's rows of kinds that the baseline never held. */
  readonly unseenShare: number;
  readonly reading: SplitReading;
  /** The features that rows were held alike in, beside their prediction. */
  readonly features: readonly string[];
  readonly rows: number;
}

/** Which part leads; `extrapolation`: too many rows were never seen to say. */
type SplitReading = "concept-drift" | "data-drift" | "both" | "extrapolation" | "no-loss";

/** A part leads when it is at least this share of the change. */
const leading = 2 / 3;

/** The split of one segment; undefined without rows on either side. O(cells). */
export function lossSplit(cells: readonly ShiftCell[], features: readonly string[]): LossSplit | undefined {
  const parts = shiftDecomposition(cells);
  if (parts.kind === "insufficient") return undefined;
  const { total, covariate, concept, unseen, unseenShare } = parts;
  const rows = cells.reduce((sum, cell) => sum + cell.currentRows, 0);
  const split = { total, covariate, concept, unseen, unseenShare, features, rows };
  if (parts.reading === "extrapolation") return { ...split, reading: "extrapolation" };
  if (total <= 0) return { ...split, reading: "no-loss" };
  if (concept >= leading * total) return { ...split, reading: "concept-drift" };
  return { ...split, reading: covariate >= leading * total ? "data-drift" : "both" };
}

const readings: Readonly<Record<SplitReading, string>> = {
  "concept-drift": "concept drift",
  "data-drift": "data drift",
  both: "data drift and concept drift",
  extrapolation: "not told apart: too many rows are of kinds that the baseline never held",
  "no-loss": "no more errors than in the baseline",
};

/** `concept drift: of 0.120 more errors a row, 0.115 because the same inputs fare worse, 0.005 because of other inputs`. */
export function splitWords({ reading, total, concept, covariate, unseen }: LossSplit): string {
  if (reading === "extrapolation" || reading === "no-loss") return readings[reading];
  const part = (value: number): string => value.toFixed(3);
  return `${readings[reading]}: of ${part(total)} more error a row, ${part(concept)} because the same inputs fare worse, ${part(covariate)} because other inputs arrive, ${part(unseen)} from kinds never seen before`;
}
