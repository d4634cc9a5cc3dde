import { describe, expect, it } from "vitest";
import { createXoshiro } from "../random/xoshiro.ts";
import { chiSquare } from "./chi-square.ts";
import type { DistanceEvidence, InsufficientEvidence } from "./evidence.ts";
import { hellinger } from "./hellinger.ts";
import { jensenShannon } from "./jensen-shannon.ts";
import { kullbackLeibler } from "./kullback-leibler.ts";
import { permutationTail } from "./permutation-tail.ts";
import { psi } from "./psi.ts";

type Distance = (n: readonly number[], m: readonly number[]) => DistanceEvidence | InsufficientEvidence;
const measure = (distance: Distance) => (n: readonly number[], m: readonly number[]) => {
  const evidence = distance(n, m);
  return evidence.kind === "measured" ? evidence.value : Number.NaN;
};

const tables: [number[], number[]][] = [
  [
    [9, 3, 5, 8, 4, 5, 2, 6, 7, 1],
    [100, 110, 90, 95, 105, 100, 100, 98, 102, 100],
  ],
  [
    [12, 2, 0, 6],
    [30, 20, 9, 21],
  ],
  [
    [30, 11, 6, 2, 1],
    [700, 180, 60, 40, 20],
  ],
  [
    [17, 3],
    [180, 120],
  ],
];

describe("laws of small samples", () => {
  it.each<[string, Distance]>([
    ["psi", psi],
    ["jensen-shannon", jensenShannon],
    ["hellinger", hellinger],
    ["kullback-leibler", kullbackLeibler],
    ["chi-square", chiSquare],
  ])("the corrected law of %s agrees with a thousand permutations", (_, distance) => {
    const random = createXoshiro(17);
    for (const [n, m] of tables) {
      const evidence = distance(n, m);
      if (evidence.kind === "insufficient" || evidence.pValue === null) throw new Error("refused");
      const permuted = permutationTail(n, m, measure(distance), { random, resamples: 1000 });
      const spread = Math.sqrt((permuted * (1 - permuted)) / 1000);
      expect(Math.abs(evidence.pValue - permuted)).toBeLessThan(4 * spread + 0.15 * permuted);
      expect(["exact", "corrected"]).toContain(evidence.law);
    }
  });

  it("never answers zero, and answers 1 for a statistic that is not a number", () => {
    const random = createXoshiro(1);
    expect(permutationTail([50, 0], [0, 500], measure(psi), { random, resamples: 49 })).toBe(0.02);
    expect(permutationTail([1, 1], [5, 5], measure(psi), { random })).toBe(1);
  });
});
