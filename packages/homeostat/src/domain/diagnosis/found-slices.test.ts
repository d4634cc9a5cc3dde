import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import { degradationOf } from "../../stats/slice/degradation.ts";
import type { CodedDimension, Lattice, LatticeCell, LossSums } from "../baseline/slice-store.ts";
import { settingsOf } from "./diagnosis-settings.ts";
import { foundSlices } from "./found-slices.ts";

const settings = { ...settingsOf({}), minimumRows: 20, minimumShare: 0 };
const dimensions: readonly CodedDimension[] = ["origin", "carrier", "size"].map((name) => ({
  dimension: { kind: "segment", name },
  items: ["a", "b", "c"].map((value) => ({ values: [value], words: `${name}=${value}` })),
}));

interface Row {
  readonly codes: readonly number[];
  readonly now: boolean;
  readonly half: 0 | 1;
  readonly wrong: boolean;
}

const sumsOf = (rows: readonly Row[]): LossSums => {
  const loss = rows.filter(({ wrong }) => wrong).length;
  return { rows: rows.length, loss, squares: loss };
};
const partOf = (rows: readonly Row[]): Omit<LatticeCell, "codes"> => {
  const periods = (half: 0 | 1) => ({
    before: sumsOf(rows.filter((row) => row.half === half && !row.now)),
    now: sumsOf(rows.filter((row) => row.half === half && row.now)),
  });
  return { discovery: periods(0), confirmation: periods(1) };
};

/** Every conjunction that any row has, counted by going through the rows. */
function latticeOf(rows: readonly Row[]): Lattice {
  const keys = new Map<string, readonly number[]>();
  for (const { codes } of rows)
    for (let mask = 1; mask < 8; mask++) {
      const kept = codes.map((code, place) => (((mask >> place) & 1) === 1 ? code : 0));
      keys.set(kept.join(), kept);
    }
  const cells = [...keys.values()].map((codes) => ({
    codes,
    ...partOf(rows.filter((row) => codes.every((code, place) => code === 0 || row.codes[place] === code))),
  }));
  return { total: partOf(rows), cells };
}

function rowsOf(seed: readonly number[], harm: (codes: readonly number[]) => number): readonly Row[] {
  let state = seed.reduce((sum, value) => sum + value, 17);
  const next = (): number => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from({ length: 6_000 }, (): Row => {
    const codes = [0, 1, 2].map(() => 1 + Math.floor(3 * next()));
    const now = next() < 0.5;
    return { codes, now, half: next() < 0.5 ? 0 : 1, wrong: next() < 0.1 + (now ? harm(codes) : 0) };
  });
}
const reading = (rows: readonly Row[]) => ({
  lattice: latticeOf(rows),
  dimensions,
  measure: { kind: "loss" } as const,
  overdispersion: undefined,
});

describe("slices found in the sums of all conjunctions", () => {
  it("tests every conjunction with enough rows, and discovers those that exhaustive enumeration does", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 3 }), (seed) => {
        const rows = rowsOf(seed, ([a, b]) => (a === 1 && b === 2 ? 0.25 : 0));
        const found = foundSlices(reading(rows), settings);
        const enough = latticeOf(rows).cells.filter(
          ({ discovery }) => discovery.before.rows >= 20 && discovery.now.rows >= 20,
        );
        const pValues = enough.map(({ discovery: { before, now } }) => {
          const answer = degradationOf({
            baselineRows: before.rows,
            baselineLoss: before.loss,
            currentRows: now.rows,
            currentLoss: now.loss,
          });
          return answer.kind === "measured" ? answer.pValue : 1;
        });
        expect(found?.tested).toBe(enough.length);
        expect(found?.discovered).toBe(benjaminiHochberg(pValues, settings.falseDiscoveryRate).rejected.length);
        expect(found?.slices[0]?.words).toMatch(/origin=a|carrier=b/);
      }),
      { numRuns: 8 },
    );
  });

  it("makes one condition of values that fare alike, and says whether everybody got worse", () => {
    const [found, ...others] = foundSlices(reading(rowsOf([3], ([a]) => (a === 3 ? 0 : 0.2))), settings)?.slices ?? [];
    expect(found).toMatchObject({ words: "origin in {a, b}", extent: "slice" });
    expect(others).toEqual([]);
    expect(found?.value).toBeCloseTo(0.3, 1);
    expect(found?.baselineValue).toBeCloseTo(0.1, 1);
  });

  it("finds nothing where nothing got worse, and says nothing of too few rows", () => {
    expect(foundSlices(reading(rowsOf([8], () => 0)), settings)?.slices).toEqual([]);
    expect(foundSlices(reading(rowsOf([8], () => 0).slice(0, 30)), settings)).toBeUndefined();
  });
});
