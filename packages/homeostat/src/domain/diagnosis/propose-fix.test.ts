import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { checkFix, fixRank, undoPattern, withFeature } from "./propose-fix.ts";

const edges = [0.2, 0.4, 0.6, 0.8];
const question = { threshold: 0.5, edges, usualCounts: [400, 100, 100, 100, 300], margin: 0.01 };

/** Rows whose answers became coin flips, and a fix that answers as the model did before, off by `noise`. */
function rows(count: number, labelled: boolean, noise: number) {
  const random = createXoshiro(5);
  return Array.from({ length: count }, () => {
    const outcome = random.next() < 0.4;
    const good = outcome ? 0.9 : 0.1;
    const fixed = Math.min(1, Math.max(0, good + noise * (random.next() - 0.5)));
    return { probability: random.next(), fixed, outcome: labelled ? outcome : undefined };
  });
}

describe("trying a fix", () => {
  it("finds it better where outcomes say so, pair by pair", () => {
    const check = checkFix({ ...question, rows: rows(400, true, 0.1) });
    expect(check).toMatchObject({ kind: "scored", labelled: 400, verdict: "better" });
  });

  it("finds it worse where it harms, and no worse where it answers alike", () => {
    const turned = rows(400, true, 0).map((row) => ({ ...row, probability: row.fixed, fixed: 1 - row.fixed }));
    expect(checkFix({ ...question, rows: turned })).toMatchObject({ verdict: "worse" });
    const same = rows(5_000, true, 0).map((row) => ({ ...row, probability: row.fixed }));
    expect(checkFix({ ...question, rows: same })).toMatchObject({ verdict: "no-worse", agreement: 1 });
  });

  it("says without outcomes whether the answers come nearer to those of the baseline", () => {
    const check = checkFix({ ...question, rows: rows(600, false, 0.2) });
    expect(check).toMatchObject({ kind: "scored", labelled: 0, loss: undefined, verdict: "no-nearer" });
    const near = rows(600, false, 0).map((row, n) => ({ ...row, probability: 0.3, fixed: (n % 100) / 100 }));
    expect(checkFix({ ...question, rows: near })).toMatchObject({ verdict: "nearer" });
  });

  it("is not checked on a handful of rows", () => {
    expect(checkFix({ ...question, rows: rows(20, true, 0) })).toMatchObject({ kind: "not-checked" });
  });

  it("puts what helps first and what harms last", () => {
    const ranks = ["better", "nearer", "no-worse", "undecided", "no-nearer", "worse"] as const;
    const scored = ranks.map((verdict) =>
      fixRank({
        kind: "scored",
        rows: 1,
        labelled: 1,
        agreement: 1,
        loss: 0,
        fixedLoss: 0,
        scorePsi: 0,
        fixedScorePsi: 0,
        verdict,
      }),
    );
    expect([...scored].sort((a, b) => a - b)).toEqual(scored);
    expect(fixRank({ kind: "not-checked", reason: "" })).toBeLessThan(scored[4] ?? 0);
  });

  it("undoes clocks, units and offsets, and nothing that cannot be undone from the values alone", () => {
    expect(undoPattern({ kind: "timezone_hours", hours: 8 })?.(3)).toBe(19);
    expect(undoPattern({ kind: "unit_scale", factor: 10 })?.(50)).toBe(5);
    expect(undoPattern({ kind: "offset", by: -2 })?.(5)).toBe(7);
    expect(undoPattern({ kind: "value_lost_to_null" })).toBeUndefined();
    expect(
      withFeature(
        [
          [1, "a"],
          [null, "b"],
        ],
        0,
        (value) => value * 2,
      ),
    ).toEqual([
      [2, "a"],
      [null, "b"],
    ]);
  });
});
