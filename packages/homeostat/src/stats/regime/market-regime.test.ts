import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fitGaussianHmm } from "./fit-gaussian-hmm.ts";
import { hmmFilter } from "./gaussian-hmm.ts";
import { regimeCalls } from "./regime-call.ts";
import { robustZ } from "./robust-z.ts";
import { rollingVolatility } from "./rolling-volatility.ts";
import { stressStates } from "./stress-state.ts";

/**
 * Real prices lie beside the project. Where they are absent these tests say so and are skipped; with CI=true their absence
 * is a failure.
 */
const file = new URL("../../../../../../shared/data/trading/pandas_ta/SPY_D.csv", import.meta.url);
const present = existsSync(file);
// biome-ignore lint/suspicious/noConsole: a skipped check must be seen
if (!present) console.warn("skipped 3 tests of regimes on SPY: ../shared/data/trading is absent");

function readReturns(): { readonly dates: string[]; readonly returns: number[] } {
  const rows = readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
  const closes = rows.map((row) => Number(row[5]));
  return {
    dates: rows.slice(1).map((row) => row[1]!),
    returns: closes.slice(1).map((close, i) => Math.log(close / closes[i]!)),
  };
}

describe("real prices", () => {
  it("are present when CI=true", () => {
    expect(present || process.env.CI !== "true").toBe(true);
  });
});

describe.skipIf(!present)("regimes of SPY", () => {
  const { dates, returns } = present ? readReturns() : { dates: [], returns: [] };
  const from = (date: string): number => dates.findIndex((d) => d >= date);

  /** Fit on the four years before, filter on: what a live system could have said. */
  function liveCalls(start: string): { readonly calls: readonly (number | null)[]; readonly first: number } {
    const first = from(start);
    const fit = fitGaussianHmm(returns.slice(first - 1000, first), 2);
    if (fit.kind !== "fitted") throw new Error("expected a fit");
    const filter = hmmFilter(fit.model, returns.slice(first - 250));
    return { calls: regimeCalls(filter.probabilities), first: first - 250 };
  }

  it.each([
    ["Lehman", "2008-09-01", "2008-09-15"],
    ["the COVID crash", "2020-02-01", "2020-02-24"],
    ["the euro crisis", "2011-07-01", "2011-08-05"],
  ])("call the wild state within ten trading days of %s, knowing only the past", (_, start, event) => {
    const { calls, first } = liveCalls(start);
    const at = from(event) - first;
    expect(calls.slice(at, at + 10)).toContain(1);
  });

  it("are calm through the quiet of 2017", () => {
    const { calls, first } = liveCalls("2017-01-01");
    const year = calls.slice(from("2017-01-01") - first, from("2017-12-01") - first);
    expect(year.filter((call) => call === 0).length / year.length).toBeGreaterThan(0.8);
  });

  it("show stress in March 2020 by rolling volatility against the year before, and none a year earlier", () => {
    const logs = rollingVolatility(returns).map((v) => Math.log(v ?? Number.NaN));
    const reference = logs.slice(from("2019-01-02") - 19, from("2019-12-31") - 19);
    const zs = logs.map((x) => {
      const answer = robustZ(x, reference);
      return answer.kind === "z" ? answer.z : null;
    });
    const states = stressStates(zs);
    const on = (date: string): string => states[from(date) - 19]!;
    expect(on("2020-03-16")).toBe("stress");
    expect(on("2019-07-15")).not.toBe("stress");
  });
});
