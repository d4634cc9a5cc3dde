import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeSeparation } from "../domain/examination/separation.ts";
import type { FeatureVector } from "../domain/pipeline/pipeline.ts";
import { createRowClassifier } from "./separate-rows.ts";

interface Flight {
  readonly date: string;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const dataFolder = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "..", "data");
const flights = JSON.parse(readFileSync(join(dataFolder, "flights-10k.json"), "utf8")) as readonly Flight[];
const features = [
  { name: "hour", type: "number" },
  { name: "distance", type: "number" },
  { name: "origin", type: "category" },
] as const;
const vectorOf = ({ date, distance, origin }: Flight): FeatureVector => [Number(date.slice(11, 13)), distance, origin];
// Every sixth row, so that each part holds all of the three months.
const parts = [0, 1, 2, 3, 4, 5].map((part) =>
  flights
    .filter((_, row) => row % 6 === part)
    .slice(0, 500)
    .map(vectorOf),
);
const never = new AbortController().signal;
const healthy = [1, 2, 3, 4].map((part) => ({ window: parts[part] ?? [], baseline: parts[5] ?? [] }));

describe("a classifier of real flights", () => {
  it("tells a window apart whose features moved together only, and names them; a healthy one it does not", async () => {
    const own = parts[0] ?? [];
    // Hours are exchanged between flights: every feature keeps its own law, only how they go together is lost.
    const hours = own.map((row) => row[0] ?? null);
    const sorted = [...own].sort((left, right) => Number(left[1]) - Number(right[1]));
    const byHour = [...hours].sort((left, right) => Number(left) - Number(right));
    const together = sorted.map((row, index): FeatureVector => [byHour[index] ?? null, row[1] ?? null, row[2] ?? null]);
    const classifier = createRowClassifier();
    const judge = (window: readonly FeatureVector[]) =>
      judgeSeparation(classifier, "b", features, { window, baseline: parts[5] ?? [] }, healthy, 7, never);
    const calm = await judge(own);
    expect(calm.auc).toBeLessThan(0.56);
    expect(calm.pValue).toBeGreaterThan(0.01);
    const moved = await judge(together);
    expect(moved.auc).toBeGreaterThan(0.65);
    expect(moved.pValue).toBeLessThan(0.001);
    expect(
      moved.givenAwayBy
        .slice(0, 2)
        .map(({ feature }) => feature)
        .sort(),
    ).toEqual(["distance", "hour"]);
    expect(await judge(together)).toEqual(moved);
  });

  it("stops when it is told to", async () => {
    const stopped = new AbortController();
    stopped.abort();
    const request = { features, problems: [] };
    await expect(createRowClassifier().score(request, stopped.signal)).rejects.toMatchObject({
      code: "training-failed",
    });
  });
});
