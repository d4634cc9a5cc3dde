import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Random } from "../random/random.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { enumerateLattice } from "./enumerate-lattice.ts";
import { findWeakSlices } from "./find-weak-slices.ts";
import { searchGroupedSlices } from "./grouped-slices.ts";
import { itemBits } from "./item-bits.ts";
import { itemCoding, predicatesOf } from "./item-coding.ts";
import { defaultSliceSearchOptions, searchSlices } from "./search-slices.ts";
import { sliceKey } from "./slice-key.ts";
import { sliceLineScore } from "./slice-line-score.ts";
import { sumsFrom } from "./slice-store.ts";
import type { SlicePredicate, SliceSums } from "./slice-sums.ts";
import { buildSliceTable, type EncodedRows, isBinaryLoss } from "./slice-table.ts";

/** Every conjunction of up to three items, counted row by row: the slow truth. */
function exhaustiveSums(rows: EncodedRows, half: number): Map<string, SliceSums & { predicates: SlicePredicate[] }> {
  const found = new Map<string, { predicates: SlicePredicate[]; sums: number[] }>();
  const columns = rows.columns.length;
  for (let i = 0; i < rows.loss.length; i++) {
    if (rows.half[i] !== half) continue;
    const items: SlicePredicate[] = [];
    for (let c = 0; c < columns; c++)
      if (rows.columns[c]![i] !== 0) items.push({ column: c, code: rows.columns[c]![i]! });
    for (const subset of subsets(items)) {
      const key = sliceKey(subset);
      const entry = found.get(key) ?? { predicates: subset, sums: [0, 0, 0, 0, 0, 0] };
      const at = rows.period[i] === 0 ? 0 : 3;
      entry.sums[at]! += 1;
      entry.sums[at + 1]! += rows.loss[i]!;
      entry.sums[at + 2]! += rows.loss[i]! ** 2;
      found.set(key, entry);
    }
  }
  return new Map(
    [...found].map(([key, { predicates, sums }]) => {
      const [baselineRows, baselineLoss, baselineSquares, currentRows, currentLoss, currentSquares] = sums as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return [
        key,
        { predicates, baselineRows, baselineLoss, baselineSquares, currentRows, currentLoss, currentSquares },
      ];
    }),
  );
}

function subsets(items: readonly SlicePredicate[]): SlicePredicate[][] {
  const result: SlicePredicate[][] = [];
  items.forEach((a, i) => {
    result.push([a]);
    items.slice(i + 1).forEach((b, j) => {
      result.push([a, b]);
      for (const c of items.slice(i + j + 2)) result.push([a, b, c]);
    });
  });
  return result;
}

interface World {
  readonly rows: number;
  readonly codes: readonly number[];
  readonly real?: boolean;
  readonly lossOf?: (codes: readonly number[], period: number) => number;
}

function drawRows(random: Random, world: World): EncodedRows {
  const columns = world.codes.map(() => new Uint8Array(world.rows));
  const loss = new Float64Array(world.rows);
  const period = new Uint8Array(world.rows);
  const half = new Uint8Array(world.rows);
  for (let i = 0; i < world.rows; i++) {
    const codes = world.codes.map((k) => Math.floor(random.next() * (k + 1)));
    codes.forEach((code, c) => {
      columns[c]![i] = code;
    });
    period[i] = random.next() < 0.5 ? 0 : 1;
    half[i] = random.next() < 0.5 ? 0 : 1;
    const mean = world.lossOf?.(codes, period[i]!) ?? 0.3;
    loss[i] = world.real === true ? Math.round(random.next() * 1000 * mean) / 500 : Number(random.next() < mean);
  }
  return { columns, loss, period, half };
}

describe("enumerateLattice", () => {
  it("visits exactly the slices with enough rows, with their exact sums, for 0/1 and for real losses", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 12 }),
        (seed, codes, real, least) => {
          const rows = drawRows(createXoshiro(seed), { rows: 300, codes, real });
          const support = { baseline: least, current: Math.max(1, least) };
          const coding = itemCoding(rows, support);
          const table = buildSliceTable(rows, 0, coding, isBinaryLoss(rows.loss));
          const visited = new Map<string, SliceSums>();
          enumerateLattice(table, support, 3, (path, depth, sums, at) => {
            const items = Array.from({ length: depth }, (_, k) => ({ column: path[2 * k]!, item: path[2 * k + 1]! }));
            const key = sliceKey(predicatesOf(items, coding));
            expect(visited.has(key)).toBe(false);
            visited.set(key, sumsFrom(sums, at, true));
          });
          const truth = [...exhaustiveSums(rows, 0)].filter(
            ([, s]) => s.baselineRows >= support.baseline && s.currentRows >= support.current,
          );
          expect(visited.size).toBe(truth.length);
          for (const [key, { predicates: _, ...sums }] of truth) {
            const found = visited.get(key)!;
            for (const [field, value] of Object.entries(sums))
              expect(found[field as keyof SliceSums]).toBeCloseTo(value!, 8);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("agrees with intersected bitsets on every slice it visits", () => {
    const rows = drawRows(createXoshiro(5), { rows: 2000, codes: [3, 4, 2, 5], real: true });
    const coding = itemCoding(rows, { baseline: 10, current: 10 });
    const table = buildSliceTable(rows, 0, coding, false);
    const bits = itemBits(table);
    const scratch = new Float64Array(6);
    let visited = 0;
    enumerateLattice(table, { baseline: 10, current: 10 }, 3, (path, depth, sums, at) => {
      bits.sumsOf(
        Array.from({ length: depth }, (_, k) => ({ column: path[2 * k]!, item: path[2 * k + 1]! })),
        scratch,
      );
      for (let k = 0; k < 6; k++) expect(sums[at + k]).toBeCloseTo(scratch[k]!, 8);
      visited += 1;
    });
    expect(visited).toBeGreaterThan(50);
  });
});

describe("findWeakSlices", () => {
  it("returns the same best scores as scoring every conjunction", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 6 }),
        fc.constantFrom(0.5, 0.8, 0.95, 1),
        fc.boolean(),
        (seed, codes, alpha, real) => {
          const lossOf = (c: readonly number[]): number => (c[0] === 1 ? 0.7 : 0.2) + (c[1] === 2 ? 0.2 : 0);
          const drawn = drawRows(createXoshiro(seed), { rows: 400, codes, real, lossOf });
          const rows = { ...drawn, period: new Uint8Array(400).fill(1), half: new Uint8Array(400) };
          const n = 400;
          const loss = drawn.loss as Float64Array;
          const total = loss.reduce((a, b) => a + b, 0);
          const answer = findWeakSlices(
            { columns: rows.columns, loss: rows.loss },
            { alpha, topK: 7, minimumRows: 12, maximumPredicates: 3 },
          );
          if (answer.kind !== "searched") throw new Error("expected a search");
          const truth = [...exhaustiveSums(rows, 0).values()]
            .filter((s) => s.currentRows >= 12)
            .map((s) =>
              sliceLineScore({ alpha, sliceRows: s.currentRows, sliceLoss: s.currentLoss, rows: n, loss: total }),
            )
            .filter((score) => score > 1e-12)
            .sort((a, b) => b - a)
            .slice(0, 7);
          expect(answer.slices.map((s) => s.score).filter((score) => score > 1e-12)).toEqual(
            truth.map((score) => expect.closeTo(score, 9)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("prunes: with a strong slice few of all conjunctions are scored", () => {
    const lossOf = (c: readonly number[]): number => (c[0] === 1 ? 0.9 : 0.02);
    const rows = drawRows(createXoshiro(3), { rows: 5000, codes: [4, 6, 6, 6, 6], lossOf });
    const answer = findWeakSlices(
      { columns: rows.columns, loss: rows.loss },
      { alpha: 0.95, topK: 1, minimumRows: 50, maximumPredicates: 3 },
    );
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(answer.slices[0]!.predicates).toEqual([{ column: 0, code: 1 }]);
    expect(answer.evaluated[2]).toBeLessThan(100);
  });

  it("says so when there is nothing to look at", () => {
    const options = { alpha: 0.95, topK: 3, minimumRows: 1, maximumPredicates: 3 };
    expect(findWeakSlices({ columns: [], loss: [] }, options)).toEqual({ kind: "insufficient", reason: "no-rows" });
    expect(findWeakSlices({ columns: [new Uint8Array([1, 1])], loss: [0, 0] }, options)).toEqual({
      kind: "insufficient",
      reason: "no-loss",
    });
    expect(() => findWeakSlices({ columns: [new Uint8Array([1])], loss: [0, 1] }, options)).toThrow(RangeError);
  });
});

const planted = (codes: readonly number[], period: number): number =>
  0.1 + (period === 1 && codes[2] === 3 && codes[5] === 4 ? 0.3 : 0);
const tenColumns = Array.from({ length: 10 }, () => 5);

describe("searchSlices", () => {
  it("finds a planted pair, confirms it on held-out rows and says it is the slice, not everyone", () => {
    const rows = drawRows(createXoshiro(11), { rows: 60_000, codes: tenColumns, lossOf: planted });
    const answer = searchSlices(rows);
    if (answer.kind !== "searched") throw new Error("expected a search");
    const first = answer.degraded[0]!;
    expect(first.predicates).toEqual([
      { column: 2, code: 3 },
      { column: 5, code: 4 },
    ]);
    expect(first.confirmation.kind).toBe("confirmed");
    expect(first.complement).toMatchObject({ extent: "slice" });
    if (first.confirmation.kind === "confirmed")
      expect(Math.abs(first.confirmation.heldOut.delta - 0.3)).toBeLessThan(0.06);
  });

  it("lists what was always bad apart from what got worse", () => {
    const lossOf = (codes: readonly number[], period: number): number =>
      (codes[0] === 1 ? 0.6 : 0.1) + (period === 1 && codes[3] === 2 ? 0.2 : 0);
    const rows = drawRows(createXoshiro(12), { rows: 30_000, codes: tenColumns.slice(0, 6), lossOf });
    const answer = searchSlices(rows);
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(answer.degraded.map((d) => sliceKey(d.predicates))).toEqual(["3:2"]);
    expect(answer.weak[0]!.predicates).toEqual([{ column: 0, code: 1 }]);
  });

  it("gives a twin column as an alias and not as a second finding", () => {
    const rows = drawRows(createXoshiro(13), {
      rows: 20_000,
      codes: [5, 5, 5],
      lossOf: (c, p) => 0.1 + (p === 1 && c[1] === 2 ? 0.25 : 0),
    });
    const twin = rows.columns[1]!.slice();
    const answer = searchSlices({ ...rows, columns: [...rows.columns, twin] });
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(answer.degraded.filter((d) => d.confirmation.kind === "confirmed")).toHaveLength(1);
    const names = [answer.degraded[0]!.predicates, ...answer.degraded[0]!.aliases].map(sliceKey);
    expect(names).toEqual(expect.arrayContaining(["1:2", "3:2"]));
  });

  it("says everyone when all rows got worse", () => {
    const rows = drawRows(createXoshiro(14), { rows: 20_000, codes: [5, 5, 5], lossOf: (_, p) => 0.1 + 0.15 * p });
    const answer = searchSlices(rows);
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(answer.degraded.length).toBeGreaterThan(0);
    for (const slice of answer.degraded) expect(slice.complement).toMatchObject({ extent: "everyone" });
  });

  it("works on real-valued losses", () => {
    const lossOf = (c: readonly number[], p: number): number => 1 + (p === 1 && c[0] === 1 && c[1] === 2 ? 0.8 : 0);
    const rows = drawRows(createXoshiro(15), { rows: 20_000, codes: [4, 4, 4, 4], real: true, lossOf });
    const answer = searchSlices(rows);
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(sliceKey(answer.degraded[0]!.predicates)).toBe("0:1&1:2");
    expect(answer.degraded[0]!.discovery).toMatchObject({ test: "welch" });
    expect(answer.degraded[0]!.confirmation.kind).toBe("confirmed");
  });

  it("is insufficient below the row minimum, and refuses columns of unequal length", () => {
    const rows = drawRows(createXoshiro(16), { rows: 100, codes: [3] });
    expect(searchSlices(rows)).toMatchObject({ kind: "insufficient", reason: "too-few-rows", need: 50 });
    expect(() => searchSlices({ ...rows, columns: [new Uint8Array(3)] })).toThrow(RangeError);
    expect(() =>
      searchSlices({ ...drawRows(createXoshiro(1), { rows: 900, codes: [2] }), loss: new Float64Array(900).fill(-1) }),
    ).toThrow(RangeError);
  });

  it("finds nothing to confirm when nothing is held out, and says so", () => {
    const rows = drawRows(createXoshiro(17), {
      rows: 20_000,
      codes: [4, 4, 4],
      lossOf: (c, p) => 0.1 + (p === 1 && c[0] === 1 ? 0.3 : 0),
    });
    const answer = searchSlices({ ...rows, half: new Uint8Array(20_000) });
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(answer.degraded[0]).toMatchObject({
      predicates: [{ column: 0, code: 1 }],
      confirmation: { kind: "insufficient" },
    });
  });
});

describe("searchGroupedSlices", () => {
  const columnTotals = (rows: EncodedRows, half: number): SliceSums => {
    const everyone = { ...rows, columns: [new Uint8Array(rows.loss.length).fill(1)] };
    return exhaustiveSums(everyone, half).get("0:1")!;
  };
  const grouped = (rows: EncodedRows, depth: number) => {
    const heldOut = exhaustiveSums(rows, 1);
    const slices = [...exhaustiveSums(rows, 0)]
      .filter(([, s]) => s.predicates.length <= depth)
      .map(([key, { predicates, ...discovery }]) => {
        const { predicates: _, ...confirmation } = heldOut.get(key) ?? {
          predicates: [],
          baselineRows: 0,
          baselineLoss: 0,
          currentRows: 0,
          currentLoss: 0,
        };
        return { predicates, discovery, confirmation };
      });
    return { slices, total: { discovery: columnTotals(rows, 0), confirmation: columnTotals(rows, 1) } };
  };

  it("finds and confirms the planted pair from counts of one and two predicates", () => {
    const rows = drawRows(createXoshiro(21), { rows: 30_000, codes: [5, 5, 5, 5, 5, 5], lossOf: planted });
    const answer = searchGroupedSlices(grouped(rows, 2));
    if (answer.kind !== "searched") throw new Error("expected a search");
    expect(answer.degraded.map((d) => sliceKey(d.predicates))).toEqual(["2:3&5:4"]);
    expect(answer.degraded[0]!.confirmation.kind).toBe("confirmed");
    expect(answer.degraded[0]!.complement).toMatchObject({ kind: "contrast", extent: "slice" });
  });

  it("tests what the row search tests, and reaches the same slices with the same numbers", () => {
    const rows = drawRows(createXoshiro(22), {
      rows: 30_000,
      codes: [5, 5, 5, 5],
      lossOf: (c, p) => 0.1 + (p === 1 && c[1] === 2 ? 0.2 : 0),
    });
    const fromRows = searchSlices(rows, { ...defaultSliceSearchOptions, maximumPredicates: 2 });
    const fromCounts = searchGroupedSlices(grouped(rows, 2));
    if (fromRows.kind !== "searched" || fromCounts.kind !== "searched") throw new Error("expected searches");
    expect(fromCounts.tested).toBe(fromRows.tested);
    expect(fromCounts.discovered).toBe(fromRows.discovered);
    expect(fromCounts.degraded.map((d) => [d.predicates, d.confirmation])).toEqual(
      fromRows.degraded.map((d) => [d.predicates, d.confirmation]),
    );
  });

  it("reports without confirmation when no counts were held out", () => {
    const rows = drawRows(createXoshiro(23), {
      rows: 10_000,
      codes: [4, 4],
      lossOf: (c, p) => 0.1 + (p === 1 && c[0] === 1 ? 0.3 : 0),
    });
    const { slices, total } = grouped(rows, 2);
    const answer = searchGroupedSlices({
      slices: slices.map(({ predicates, discovery }) => ({ predicates, discovery })),
      total: { discovery: total.discovery },
    });
    expect(answer).toMatchObject({ kind: "searched", degraded: [{ confirmation: { kind: "not-held-out" } }] });
  });

  it("is insufficient on a handful of rows", () => {
    const few = { baselineRows: 10, baselineLoss: 1, currentRows: 10, currentLoss: 2 };
    expect(searchGroupedSlices({ slices: [], total: { discovery: few } })).toMatchObject({ kind: "insufficient" });
  });
});
