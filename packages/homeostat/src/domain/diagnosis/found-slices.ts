import { complementContrast } from "../../stats/slice/complement-contrast.ts";
import { type DegradationOptions, defaultDegradationOptions, degradationOf } from "../../stats/slice/degradation.ts";
import { searchGroupedSlices } from "../../stats/slice/grouped-slices.ts";
import { sliceKey } from "../../stats/slice/slice-key.ts";
import type { SlicePredicate, SliceSums } from "../../stats/slice/slice-sums.ts";
import {
  type CodedDimension,
  type Lattice,
  type LatticeCell,
  type PeriodSums,
  type SliceCondition,
  sliceWords,
} from "../baseline/slice-store.ts";
import type { FoundSlice, WeakSlice } from "../incident/diagnosis.ts";
import type { DiagnosisSettings } from "./diagnosis-settings.ts";

/** Weight of error against size in the list of weak slices: at 0.95 twice the usual error in 5 % of the rows would not count. */
const weakAlpha = 0.98;

export interface SliceFindings {
  /** Confirmed on rows that took no part in finding them, the largest harm first. */
  readonly slices: readonly FoundSlice[];
  /** Bad now, and as bad before. */
  readonly weak: readonly WeakSlice[];
  /** Conjunctions with enough rows: what the p-values were corrected for. */
  readonly tested: number;
  readonly discovered: number;
}

export interface LatticeReading {
  readonly lattice: Lattice;
  readonly dimensions: readonly CodedDimension[];
  readonly measure: FoundSlice["measure"];
  /** Variance inflation of clustered rows, where it was measured. */
  readonly overdispersion: number | undefined;
}

/**
 * The conjunctions that got worse, from the sums of all of them: found on one half of the rows, confirmed and measured on
 * the other. Values of one dimension that fare alike become one condition. undefined with too few rows. Pure.
 */
export function foundSlices(reading: LatticeReading, settings: DiagnosisSettings): SliceFindings | undefined {
  const { lattice, dimensions } = reading;
  const degradation = { ...defaultDegradationOptions, overdispersion: reading.overdispersion ?? 1 };
  const cells = new Map(lattice.cells.map((cell) => [sliceKey(predicatesOf(cell)), cell] as const));
  const search = searchGroupedSlices(
    {
      slices: lattice.cells.map((cell) => ({
        predicates: predicatesOf(cell),
        discovery: sumsOf(cell.discovery),
        confirmation: sumsOf(cell.confirmation),
      })),
      total: { discovery: sumsOf(lattice.total.discovery), confirmation: sumsOf(lattice.total.confirmation) },
    },
    {
      degradation,
      q: settings.falseDiscoveryRate,
      maximumSlices: settings.mostSlices,
      simplerWithin: 0.1,
      minimumRows: settings.minimumRows,
      minimumShare: settings.minimumShare,
      weakAlpha,
    },
  );
  if (search.kind === "insufficient") return undefined;
  const confirmed = search.degraded.filter(({ confirmation }) => confirmation.kind === "confirmed");
  const chosen = confirmed.flatMap(({ predicates }): Part[] => {
    const cell = cells.get(sliceKey(predicates));
    return cell === undefined ? [] : [{ conditions: new Map(predicates.map((p) => [p.column, [p.code]])), cell }];
  });
  return {
    slices: united(chosen, degradation).map((part) => reported(part, reading, degradation)),
    weak: search.weak.map(({ predicates, rows, meanLoss, score, change }) => ({
      conditions: conditionsOf(new Map(predicates.map((p) => [p.column, [p.code]])), dimensions),
      words: sliceWords({ conditions: conditionsOf(new Map(predicates.map((p) => [p.column, [p.code]])), dimensions) }),
      rows,
      value: meanLoss,
      baselineValue: change.kind === "measured" ? change.baselineMean : undefined,
      score,
    })),
    tested: search.tested,
    discovered: search.discovered,
  };
}

function predicatesOf({ codes }: LatticeCell): readonly SlicePredicate[] {
  return codes.flatMap((code, column) => (code > 0 ? [{ column, code }] : []));
}

function sumsOf({ before, now }: PeriodSums): SliceSums {
  return {
    baselineRows: before.rows,
    baselineLoss: before.loss,
    baselineSquares: before.squares,
    currentRows: now.rows,
    currentLoss: now.loss,
    currentSquares: now.squares,
  };
}

/** A slice with the codes that each of its dimensions may hold. */
interface Part {
  readonly conditions: ReadonlyMap<number, readonly number[]>;
  readonly cell: Omit<LatticeCell, "codes">;
}

/** Slices over the same dimensions that differ in the values of one and fare alike are one slice. */
function united(parts: readonly Part[], options: DegradationOptions): readonly Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    const at = whole.findIndex((other) => isAlike(other, part, options));
    const other = whole[at];
    if (other === undefined) whole.push(part);
    else whole[at] = unionOf(other, part);
  }
  return whole;
}

/** Two slices fare alike when the smaller change is at least this share of the larger. */
const alikeShare = 0.5;

function isAlike(left: Part, right: Part, options: DegradationOptions): boolean {
  if (left.conditions.size !== right.conditions.size) return false;
  let differing = 0;
  for (const [column, codes] of left.conditions) {
    const others = right.conditions.get(column);
    if (others === undefined) return false;
    if (codes.length !== others.length || codes.some((code) => !others.includes(code))) {
      if (codes.some((code) => others.includes(code))) return false;
      differing += 1;
    }
  }
  const changes = [left, right].map(({ cell }) => degradationOf(sumsOf(cell.confirmation), options));
  const [a, b] = changes;
  if (differing !== 1 || a?.kind !== "measured" || b?.kind !== "measured") return false;
  return Math.min(a.delta, b.delta) >= alikeShare * Math.max(a.delta, b.delta);
}

function unionOf(left: Part, right: Part): Part {
  const conditions = new Map(
    [...left.conditions].map(([column, codes]) => [
      column,
      [...new Set([...codes, ...(right.conditions.get(column) ?? [])])],
    ]),
  );
  const added = (a: PeriodSums, b: PeriodSums): PeriodSums => ({
    before: plus(a.before, b.before),
    now: plus(a.now, b.now),
  });
  return {
    conditions,
    cell: {
      discovery: added(left.cell.discovery, right.cell.discovery),
      confirmation: added(left.cell.confirmation, right.cell.confirmation),
    },
  };
}

function plus(a: PeriodSums["now"], b: PeriodSums["now"]): PeriodSums["now"] {
  return { rows: a.rows + b.rows, loss: a.loss + b.loss, squares: a.squares + b.squares };
}

function conditionsOf(
  codes: ReadonlyMap<number, readonly number[]>,
  dimensions: readonly CodedDimension[],
): readonly SliceCondition[] {
  return [...codes].flatMap(([column, held]): SliceCondition[] => {
    const coded = dimensions[column];
    const items = held.flatMap((code) => coded?.items[code - 1] ?? []);
    if (coded === undefined || items.length === 0) return [];
    const values = items.flatMap((item) => item.values);
    const { dimension } = coded;
    const names = dimension.kind === "segment" || dimension.kind === "channel";
    const words =
      items.length === 1
        ? (items[0]?.words ?? "")
        : names
          ? `${dimension.name} in {${values.join(", ")}}`
          : `(${items.map((item) => item.words).join(" or ")})`;
    return [{ dimension, values, words }];
  });
}

function reported(part: Part, reading: LatticeReading, options: DegradationOptions): FoundSlice {
  const conditions = conditionsOf(part.conditions, reading.dimensions);
  const heldOut = degradationOf(sumsOf(part.cell.confirmation), options);
  const contrast = complementContrast(
    sumsOf(part.cell.confirmation),
    sumsOf(reading.lattice.total.confirmation),
    options,
  );
  const rowsOf = (period: "before" | "now"): number =>
    part.cell.discovery[period].rows + part.cell.confirmation[period].rows;
  const measured = heldOut.kind === "measured" ? heldOut : undefined;
  return {
    conditions,
    words: sliceWords({ conditions }),
    measure: reading.measure,
    rows: rowsOf("now"),
    baselineRows: rowsOf("before"),
    value: measured?.currentMean ?? 0,
    baselineValue: measured?.baselineMean ?? 0,
    excess: measured?.excess ?? 0,
    excessLower: measured?.excessLower ?? 0,
    excessUpper: measured?.excessUpper ?? 0,
    z: measured?.z ?? 0,
    pValue: measured?.pValue ?? 1,
    extent: contrast.kind === "contrast" ? contrast.extent : "unclear",
  };
}
