import { describe, expect, it } from "vitest";
import { histogramOf } from "../../stats/histogram/histogram.ts";
import { numericBinningOf } from "../../stats/histogram/numeric-binning.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import type { ComparedColumn } from "./compared-column.ts";
import { judgeColumns } from "./judge-columns.ts";

const random = createXoshiro(11);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const sample = (rows: number, shift = 0): number[] => Array.from({ length: rows }, () => normal() + shift);

function column(name: string, reference: readonly number[], current: readonly number[]): ComparedColumn {
  const binning = numericBinningOf(reference);
  const counts = (values: readonly number[]): readonly number[] => histogramOf(binning, values).counts;
  const least = Math.min(...reference);
  const greatest = Math.max(...reference);
  return {
    name,
    role: "feature",
    binning,
    cells: [{ segment: undefined, reference: counts(reference), current: counts(current) }],
    outside: {
      least,
      greatest,
      rows: current.filter((value) => value < least || value > greatest).length,
      referenceRows: 0,
    },
    detail: undefined,
  };
}

describe("the judgement on columns", () => {
  it("calls nothing a finding in nearly all of 100 pairs of tables of 20 columns from one law", () => {
    const alarms = Array.from({ length: 100 }, (_, pair) => {
      const rows = [60, 200, 600][pair % 3] ?? 60;
      const columns = Array.from({ length: 20 }, (__, index) => column(`c${index}`, sample(rows * 2), sample(rows)));
      return judgeColumns(columns).filter(({ verdict }) => verdict === "critical" || verdict === "warning").length;
    });
    // At 1 % a healthy pair has a real difference once in a hundred: more than five of 100 has a chance of 0.05 %.
    expect(alarms.filter((count) => count > 0).length).toBeLessThanOrEqual(5);
  });

  it("finds a shift of 0.4 deviations a warning and of a whole one critical", () => {
    const verdicts = [0.4, 1].map((shift) => {
      const [finding] = judgeColumns([column("x", sample(4_000), sample(2_000, shift))]);
      return finding?.verdict;
    });
    expect(verdicts).toEqual(["warning", "critical"]);
  });

  it("does not call a difference material because there are many rows", () => {
    const [finding] = judgeColumns([column("x", sample(60_000), sample(60_000, 0.05))]);
    expect(finding?.adjustedPValue).toBeLessThan(0.001);
    expect(finding?.verdict).toBe("healthy");
  });

  it("says that a handful of rows is not enough", () => {
    const [finding] = judgeColumns([column("x", sample(500), sample(5))]);
    expect(finding).toMatchObject({ verdict: "not-enough-data", value: undefined, rows: 5 });
  });
});
