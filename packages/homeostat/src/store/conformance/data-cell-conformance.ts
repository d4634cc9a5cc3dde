import { beforeAll, describe, expect, it } from "vitest";
import type { Strata } from "../../domain/baseline/cell-store.ts";
import { total } from "../../domain/monitor/count-series.ts";
import { createCellStore } from "../data/cell-store.ts";
import type { DataBench } from "./data-bench.ts";
import { segmentsOf } from "./data-sample.ts";
import { liveWindow, makeScene, type Scene, type SceneRow } from "./data-scene.ts";

/** Cells of strata against the port: the engine counts what plain arithmetic over the same rows counts. */
export function cellConformance(bench: () => DataBench): void {
  describe("cells", () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await makeScene(bench(), "cell-shop");
    });
    const strataOf = ({ baseline }: Scene): Strata => {
      const bins = baseline.score.kind === "probability" ? baseline.score.edges.length + 1 : 0;
      const half = Math.floor(bins / 2);
      const places = Array.from({ length: bins }, (_, place) => place);
      return {
        prediction: [places.slice(0, half), places.slice(half)],
        features: [{ name: "paid", groups: [[0], [1, 2, 3, 4]] }],
      };
    };
    const losses = ({ baseline }: Scene, rows: readonly SceneRow[]): { rows: number; loss: number } => {
      const threshold = baseline.score.kind === "probability" ? baseline.score.threshold : 0;
      const known = rows.filter((row) => row.outcome !== undefined);
      return {
        rows: known.length,
        loss: known.filter((row) => row.probability >= threshold !== row.outcome).length,
      };
    };

    it("of labelled rows lie beside the baseline's, stratum by stratum, in every segment", async () => {
      const { system, baseline, reference, live } = scene;
      const cells = await createCellStore(bench().place.client).lossCells(
        system,
        baseline,
        liveWindow,
        strataOf(scene),
      );
      const inside = live.filter((row) => row.time < liveWindow.end);
      const scored = reference.filter((row) => row.scored);
      for (const [key, of] of [
        ["", () => true],
        ["size=small", (row: SceneRow) => segmentsOf(row.inputs).size === "small"],
      ] as const) {
        const found = cells.get(key) ?? [];
        expect(found.length).toBeGreaterThan(2);
        const [before, now] = [losses(scene, scored.filter(of)), losses(scene, inside.filter(of))];
        expect(total(found.map((cell) => cell.baselineRows))).toBe(before.rows);
        expect(total(found.map((cell) => cell.baselineLoss))).toBe(before.loss);
        expect(total(found.map((cell) => cell.currentRows))).toBe(now.rows);
        expect(total(found.map((cell) => cell.currentLoss))).toBe(now.loss);
      }
    });

    it("of a window without outcomes hold nothing", async () => {
      const empty = { start: liveWindow.start - 10 * 3_600_000, end: liveWindow.start - 9 * 3_600_000 };
      const cells = await createCellStore(bench().place.client).lossCells(
        scene.system,
        scene.baseline,
        empty,
        strataOf(scene),
      );
      expect(cells.size).toBe(0);
    });

    it("of outputs are counted for every value of a segment, and features are ranked by what they explain", async () => {
      const { system, baseline, live } = scene;
      const store = createCellStore(bench().place.client);
      const ranked = await store.featuresByOutput(system, baseline);
      expect([...ranked].sort()).toEqual(baseline.features.map(({ name }) => name).sort());
      const cells = await store.cohortCells(system, baseline, liveWindow, "size", strataOf(scene).features);
      const small = live.filter((row) => row.time < liveWindow.end && segmentsOf(row.inputs).size === "small");
      const own = cells.get("small") ?? [];
      expect(total(own.map((cell) => cell.rows))).toBe(small.length);
      expect(total(own.map((cell) => cell.sum))).toBeCloseTo(total(small.map((row) => row.probability)), 8);
      expect(total(own.map((cell) => cell.sumSquares))).toBeCloseTo(total(small.map((row) => row.probability ** 2)), 8);
      expect(own.length).toBe(2);
    });
  });
}
