import { describe, expect, it } from "vitest";
import type { InferenceHalf } from "../../domain/inference/inference-half.ts";
import type { ControlBench } from "./control-bench.ts";

const half = (id: string, change: Partial<InferenceHalf> = {}): InferenceHalf => ({
  ...{
    id,
    half: "request",
    receivedAt: 100,
    time: undefined,
    caller: "k",
    service: "s",
    payload: '{"n":9223372036854775807}',
  },
  ...change,
});

/** Halves of inferences against their port. */
export function inferenceConformance(bench: () => ControlBench): void {
  describe("halves of inferences", () => {
    it("wait for each other in any order, once, and go together", async () => {
      const { halves } = bench().store;
      const response = half("a", { half: "response", time: 7 });
      expect(await halves.put("halves", response)).toEqual([response]);
      expect(await halves.put("halves", { ...response, payload: "again" })).toEqual([response]);
      expect(await halves.put("other", half("a"))).toHaveLength(1);
      expect(await halves.put("halves", half("a"))).toEqual(expect.arrayContaining([half("a"), response]));
      expect(await halves.count("halves")).toBe(2);
      await halves.remove("halves", ["a", "none"]);
      await halves.remove("halves", []);
      expect([await halves.count("halves"), await halves.count("other")]).toEqual([0, 1]);
      await halves.remove("other", ["a"]);
    });

    it("are overdue when they are too old or too many, oldest first", async () => {
      const { halves } = bench().store;
      for (const [id, receivedAt] of [
        ["old", 10],
        ["b", 200],
        ["c", 300],
        ["d", 400],
      ] as const)
        await halves.put("waiting", half(id, { receivedAt }));
      const ids = async (before: number, most: number) =>
        (await halves.overdue(before, most)).map(({ system, id }) => `${system} ${id}`);
      expect(await ids(200, 100)).toEqual(["waiting old"]);
      expect(await ids(0, 2)).toEqual(["waiting old", "waiting b"]);
      expect(await ids(0, 100)).toEqual([]);
      await halves.remove("waiting", ["old", "b", "c", "d"]);
    });
  });
}
