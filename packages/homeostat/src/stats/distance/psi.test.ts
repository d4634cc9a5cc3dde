import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectableNoncentrality } from "../special/noncentrality-of-tail.ts";
import { DRIFT_THRESHOLDS, driftVerdict } from "./drift-verdict.ts";
import { type PsiEvidence, psi, psiThreshold } from "./psi.ts";

interface PsiVector {
  readonly n: number[];
  readonly m: number[];
  readonly psi: number;
  readonly deb: number;
  readonly T: number;
  readonly p: number;
  readonly lb95: number;
}
const { psi: vectors } = JSON.parse(readFileSync(new URL("../golden/reference-psi.json", import.meta.url), "utf8")) as {
  psi: PsiVector[];
};

function measured(n: readonly number[], m: readonly number[], options = {}): PsiEvidence {
  const evidence = psi(n, m, options);
  if (evidence.kind === "insufficient") throw new Error(`refused: ${evidence.reason}`);
  return evidence;
}

const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 5, max: 4000 })), {
  minLength: 2,
  maxLength: 30,
});
const enough = (rows: [number, number][]): boolean => rows.reduce((sum, [n]) => sum + n, 0) >= 10;

describe("psi", () => {
  it.each(vectors.map((vector, index) => [`V1.${index + 1}`, vector] as const))("reproduces %s", (_, vector) => {
    const evidence = measured(vector.n, vector.m);
    expect(evidence.value).toBeCloseTo(vector.psi, 13);
    expect(evidence.debiased).toBeCloseTo(vector.deb, 13);
    expect(evidence.statistic / vector.T || 1).toBeCloseTo(1, 12);
    expect(evidence.asymptoticPValue / vector.p).toBeCloseTo(1, 9);
    expect(evidence.lower95).toBeCloseTo(vector.lb95, 12);
  });

  it("reproduces the table of calibrated thresholds", () => {
    expect(psiThreshold(50, 1000, 10, 0.01)).toBeCloseTo(0.455, 4);
    expect(psiThreshold(50, 10_000, 10, 0.01)).toBeCloseTo(0.4355, 4);
    expect(psiThreshold(200, 10_000, 10, 0.001)).toBeCloseTo(0.1422, 4);
    expect(psiThreshold(10_000, Number.POSITIVE_INFINITY, 10, 0.01)).toBeCloseTo(0.0022, 4);
  });

  it("needs the noncentralities of the reference for 90 % power", () => {
    expect(detectableNoncentrality(0.01, 0.9, 9)).toBeCloseTo(26.12, 2);
    expect(detectableNoncentrality(0.001, 0.9, 9)).toBeCloseTo(34.08, 2);
  });

  it("refuses, with what there was and what is needed, instead of answering 0 or NaN", () => {
    expect(psi([4, 5], [100, 100])).toEqual({
      kind: "insufficient",
      variant: "psi/jeffreys",
      reason: "window-rows",
      have: 9,
      need: 10,
    });
    expect(psi([50, 50], [4, 5])).toMatchObject({ reason: "baseline-rows", have: 9 });
    expect(psi([50], [500])).toMatchObject({ reason: "bins", have: 1, need: 2 });
    expect(psi([50, 0], [500, 0])).toMatchObject({ reason: "bins", have: 1 });
    expect(psi([], [])).toMatchObject({ reason: "window-rows", have: 0 });
    expect(psi([50, Number.NaN], [500, 10])).toMatchObject({ reason: "invalid-counts" });
    expect(psi([50, -1], [500, 10])).toMatchObject({ reason: "invalid-counts" });
    expect(psi([50, 1, 1], [500, 10])).toMatchObject({ reason: "invalid-counts" });
  });

  it("stays finite for an emptied bin, a disjoint window and counts of a billion", () => {
    for (const [n, m] of [
      [
        [100, 0],
        [50, 5000],
      ],
      [
        [0, 0, 100],
        [5000, 5000, 0],
      ],
      [
        [5e8, 5e8],
        [5e9, 5e9],
      ],
    ] as const) {
      const evidence = measured(n, m);
      for (const number of [evidence.value, evidence.lower95, evidence.upper95, evidence.pValue, evidence.debiased]) {
        expect(Number.isFinite(number)).toBe(true);
      }
    }
    expect(measured([500_100_000, 499_900_000], [5e9, 5e9]).pValue).toBeLessThan(1e-6);
  });

  it("does not change when bins are permuted, and keeps its bounds in order", () => {
    fc.assert(
      fc.property(counts.filter(enough), (rows) => {
        const forward = measured(
          rows.map(([n]) => n),
          rows.map(([, m]) => m),
        );
        const backward = measured(rows.map(([n]) => n).reverse(), rows.map(([, m]) => m).reverse());
        expect(backward.value).toBeCloseTo(forward.value, 12);
        expect(backward.pValue ?? 2).toBeCloseTo(forward.pValue ?? -2, 9);
        expect(forward.lower95).toBeLessThanOrEqual(forward.upper95);
        expect(forward.pValue).toBeGreaterThanOrEqual(0);
        expect(forward.pValue).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it("is symmetric in window and baseline of equal size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5, max: 500 }), { minLength: 2, maxLength: 12 }), (row) => {
        const other = row.slice(1).concat(row.slice(0, 1));
        expect(measured(row, other).value).toBeCloseTo(measured(other, row).value, 12);
      }),
      { numRuns: 100 },
    );
  });

  it("scales chance, bounds and smallest visible shift with measured overdispersion", () => {
    const { n, m } = vectors[3] as PsiVector;
    const plain = measured(n, m);
    const clustered = measured(n, m, { overdispersion: { phi: 4, windows: 24 } });
    expect(clustered.expectedByChance).toBeCloseTo(4 * plain.expectedByChance, 12);
    expect(clustered.minimumDetectable ?? 0).toBeCloseTo(4 * (plain.minimumDetectable ?? 0), 12);
    expect(clustered.lower95).toBeLessThan(plain.lower95);
    expect(clustered.pValue ?? 0).toBeGreaterThan(plain.pValue ?? 1);
    expect(clustered.law).toBe("overdispersed");
  });
});

describe("driftVerdict", () => {
  const of = (n: readonly number[], m: readonly number[], adjusted?: number) => {
    const evidence = psi(n, m);
    return driftVerdict(evidence, adjusted ?? (evidence.kind === "measured" ? (evidence.pValue ?? 1) : 1));
  };

  it("says insufficient when there is no evidence to judge", () => {
    expect(of([3, 3], [100, 100]).kind).toBe("insufficient");
  });
  it("calls V1.3 stable where the folk rule, unsmoothed, would have fired", () => {
    const verdict = of(vectors[2]?.n ?? [], vectors[2]?.m ?? []);
    expect(verdict).toMatchObject({ kind: "stable", tone: "green", conventional: { reads: "below" } });
  });
  it("calls a real but small shift minor, and amber", () => {
    expect(of(vectors[5]?.n ?? [], vectors[5]?.m ?? [])).toMatchObject({ kind: "shift-minor", tone: "amber" });
  });
  it("climbs from major to confirmed to certain as the lower bound rises", () => {
    const baseline = Array.from({ length: 10 }, () => 1000);
    const windows = [
      [14, 9, 6, 5, 5, 4, 3, 2, 1, 1],
      [15, 9, 6, 5, 5, 4, 3, 1, 1, 1],
      [1500, 900, 600, 500, 500, 400, 300, 100, 100, 100],
    ];
    const kinds = windows.map((window) => of(window, baseline).kind);
    expect(kinds).toEqual(["shift-major", "confirmed", "certain"]);
  });
  it("is stable when multiplicity takes the significance away, but amber if the effect is material", () => {
    const shape = [24, 16, 12, 11, 10, 9, 7, 6, 4, 1];
    expect(
      of(
        shape,
        Array.from({ length: 10 }, () => 1000),
        0.5,
      ),
    ).toMatchObject({ kind: "stable", tone: "amber" });
    expect(DRIFT_THRESHOLDS).toEqual({ minor: 0.1, major: 0.25, alpha: 0.01 });
  });
});
