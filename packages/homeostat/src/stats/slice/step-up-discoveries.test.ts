import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { benjaminiHochberg } from "../hypothesis/benjamini-hochberg.ts";
import { stepUpDiscoveries } from "./step-up-discoveries.ts";

describe("stepUpDiscoveries", () => {
  it("rejects exactly what Benjamini-Hochberg rejects, though large p-values were only counted", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.double({ min: 0, max: 1, noNaN: true }).map((u) => u ** 4),
          { maxLength: 60 },
        ),
        (pValues) => {
          const kept = pValues.flatMap((p, index) => (p <= 0.1 ? [{ p, index }] : []));
          const sparse = stepUpDiscoveries(
            kept.map(({ p }) => p),
            pValues.length,
            0.1,
          );
          const found = sparse.map((i) => kept[i]!.index).sort((a, b) => a - b);
          expect(found).toEqual(benjaminiHochberg(pValues, 0.1).rejected);
        },
      ),
    );
  });
});
