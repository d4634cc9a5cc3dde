import type { Answer, InputRow } from "@homeostat/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../packages/homeostat/src/cli/program.ts";
import { type BikeHour, bikeDeclarations, bikesPresent, hourMs, readBikes } from "./house/bikes.ts";
import { emptyDirectory, jobDone } from "./house/prepared.ts";
import { refusalOf } from "./house/refusal.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";

// biome-ignore lint/suspicious/noConsole: a skipped check must be seen
if (!bikesPresent) console.warn("skipped 7 tests of tasks on bikes: ../shared/data/tabular/bike_sharing is absent");

describe("real data", () => {
  it("are present when CI=true", () => {
    expect(bikesPresent || process.env.CI !== "true").toBe(true);
  });
});

const release = "theirs-2011";
const year2012 = Date.parse("2012-01-01T00:00:00Z");
/** From here on labels are withheld at first. */
const withheldFrom = Date.parse("2012-10-01T00:00:00Z");
const iso = (time: number): string => new Date(time).toISOString();
type System = "bike-demand" | "bike-weather";
type PerformanceCell = Answer<"performance">["items"][number];

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += 3_000) yield items.slice(start, start + 3_000);
}

/** Tomorrow is like today: the next hour's weather is this one's, more surely so when it is clear. */
function weatherSaid({ inputs }: BikeHour): { class: string; probabilities: Record<string, number> } {
  const stays = inputs.weather === "clear" ? 0.92 : 0.8;
  const rest = (1 - stays) / 2;
  const probabilities = { clear: rest, mist: rest, rain: rest, [inputs.weather]: stays };
  return { class: inputs.weather, probabilities };
}

describe.skipIf(!bikesPresent)("systems of other tasks, watched", () => {
  let house: House;
  const hours = bikesPresent ? readBikes() : [];
  const early = hours.filter((hour) => hour.time < withheldFrom);
  const late = hours.filter((hour) => hour.time >= withheldFrom);

  const send = async (system: System, some: readonly BikeHour[]): Promise<void> => {
    for (const batch of batches(some)) {
      const rows = batch.map((hour) => ({
        id: hour.id,
        time: iso(hour.time),
        release,
        inputs: hour.inputs as InputRow,
        ...(system === "bike-demand" ? { value: hour.expected } : weatherSaid(hour)),
      }));
      await house.client.call("sendPredictions", { path: { system }, body: { rows: rows as never } });
    }
  };
  const label = async (system: System, some: readonly BikeHour[], lagMs: number): Promise<void> => {
    for (const batch of batches(some)) {
      const rows = batch.flatMap(({ id, time, rentals, nextWeather }) => {
        const value = system === "bike-demand" ? rentals : nextWeather;
        return value === undefined ? [] : [{ predictionId: id, time: iso(time + lagMs), value }];
      });
      await house.client.call("sendOutcomes", { path: { system }, body: { rows } });
    }
  };
  const evaluated = (system: System, labelled: number): Promise<Answer<"windows">["items"]> =>
    until(
      async () => `windows of ${system} hold ${labelled} labels`,
      async () => {
        const { items } = await house.client.call("windows", { path: { system } });
        const over = items.every((window) => window.state === "evaluated");
        const sum = items.reduce((all, window) => all + window.labelledRows, 0);
        return over && items.length >= 26 && sum >= labelled ? items : undefined;
      },
      120_000,
    );
  const cells = async (system: System, segment?: string): Promise<readonly PerformanceCell[]> =>
    (await house.client.call("performance", { path: { system }, query: segment === undefined ? {} : { segment } }))
      .items;

  const homeostat = async (...args: readonly string[]): Promise<{ code: number; out: string }> => {
    let out = "";
    const code = await runProgram(
      {
        version: "0",
        up: async () => 1,
        env: { HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key, NO_COLOR: "1" },
        stdout: { write: (text) => (out += text) },
        stderr: { write: (text) => (out += text) },
        now: Date.now,
      },
      args,
    );
    return { code, out };
  };

  beforeAll(async () => {
    house = await startHouse({ data: await emptyDirectory() });
    await house.client.call("apply", { body: { files: bikeDeclarations() } });
    for (const system of ["bike-demand", "bike-weather"] as const) {
      const reference = hours.filter((hour) => hour.time < year2012);
      await send(system, reference);
      await label(system, reference, hourMs);
      await until("the reference is stored", async () => {
        const counts = await house.client.call("counts", { path: { system } });
        return counts.predictions.pendingInSpool + counts.outcomes.pendingInSpool === 0 ? counts : undefined;
      });
      const job = await house.client.call("createBaseline", {
        path: { system },
        body: { release, from: iso(hours[0]?.time ?? 0), to: iso(year2012) },
      });
      await jobDone(house.client, job.id);
      await send(
        system,
        hours.filter((hour) => hour.time >= year2012),
      );
      await label(
        system,
        early.filter((hour) => hour.time >= year2012),
        hourMs,
      );
    }
  }, 240_000);

  afterAll(() => house?.killGroup());

  it("a regression has its errors shown with intervals, and the growth of 2012 found", async () => {
    const windows = await evaluated("bike-demand", early.length);
    const all = await cells("bike-demand");
    expect(all).toHaveLength(windows.length);
    const [first] = all;
    expect(first?.headline.name).toBe("mae");
    expect(first?.others.map((metric) => metric.name)).toEqual(["rmse", "bias", "r2", "mape"]);
    const summer = all.find((cell) => cell.window > "2012-06-01");
    const before = summer?.headline.baseline?.value ?? 0;
    expect(summer?.headline.value?.low ?? 0).toBeGreaterThan(before * 1.2);
    expect(summer?.others.find((metric) => metric.name === "bias")?.value?.high ?? 0).toBeLessThan(0);
    const { items } = await house.client.call("findings", { path: { system: "bike-demand" } });
    const found = items.filter((finding) => finding.metric === "mae" && finding.segment === null);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((finding) => finding.window.start > "2012-01-01")).toBe(true);
    expect(found[0]?.sentence).toContain("the mean absolute error in all rows rose from");
    expect(found[0]?.rule).toContain("20 % above the baseline");
  });

  it("whose errors grew opens an incident, diagnosed without breaking on the task", async () => {
    const incident = await until("the incident is diagnosed", async () => {
      const { items } = await house.client.call("incidents", { query: { system: "bike-demand" } });
      const number = items[0]?.number;
      if (number === undefined) return undefined;
      const detail = await house.client.call("incident", { path: { number } });
      return detail.diagnosis === null ? undefined : detail;
    });
    const steps = incident.diagnosis?.steps ?? [];
    const first = steps.find((step) => step.step === 1);
    expect(first?.status).toBe("done");
    expect(first?.verdict).toMatch(/^mean absolute error on it [\d.]+ → [\d.]+ \(the model's answers got worse\)/);
    expect(steps.length).toBeGreaterThanOrEqual(7);
  });

  it("a multiclass system has accuracy, classes and log loss shown, and pages nobody while nothing changes", async () => {
    await evaluated("bike-weather", 10);
    const labelled = (await cells("bike-weather")).filter((cell) => cell.window < "2012-08-01");
    for (const cell of labelled) {
      expect(cell.headline.name).toBe("accuracy");
      expect(cell.headline.value?.value).toBeGreaterThan(0.75);
      expect(cell.others.map((metric) => metric.name)).toEqual([
        "macroF1",
        "macroPrecision",
        "balancedAccuracy",
        "logLoss",
      ]);
      expect(cell.calibrationError).toBeLessThan(0.15);
    }
    const [one] = labelled;
    expect(new Set(one?.classes.map((entry) => entry.name))).toEqual(new Set(["clear", "mist", "rain"]));
    expect(one?.classes.reduce((sum, entry) => sum + entry.actual, 0)).toBe(one?.labelledRows);
    const segments = await cells("bike-weather", "working=day off");
    expect(segments.some((cell) => cell.headline.value !== null)).toBe(true);
    const { items } = await house.client.call("incidents", { query: { system: "bike-weather" } });
    expect(items).toEqual([]);
  });

  it("windows without labels wait for them, and are judged again when they come, months late", async () => {
    const last = (await cells("bike-demand")).filter((cell) => cell.window >= iso(withheldFrom));
    expect(last.length).toBeGreaterThan(2);
    expect(last.every((cell) => cell.state === "waiting-for-labels" && cell.headline.value === null)).toBe(true);
    await label("bike-demand", late, 24 * 90 * hourMs);
    const windows = await evaluated("bike-demand", hours.length);
    const restated = windows.filter((window) => window.start >= iso(withheldFrom));
    expect(restated.every((window) => window.restatements >= 1 && window.labelCoverage === 1)).toBe(true);
    const now = (await cells("bike-demand")).filter((cell) => cell.window >= iso(withheldFrom));
    expect(now.every((cell) => cell.headline.value !== null)).toBe(true);
  });

  it("have the lag of their labels known, late ones included, by window and by segment", async () => {
    const path = { system: "bike-demand" };
    const report = await house.client.call("labels", { path });
    expect(report.coverage.reduce((sum, one) => sum + one.labelled, 0)).toBe(hours.length);
    const [lag] = report.lags;
    // Told an hour after: known to its age bin, which ends at an hour and a half. The last quarter came 90 days after.
    expect(lag).toMatchObject({ clock: "outcome-time", rows: hours.length, labelled: hours.length });
    expect(lag?.median).toEqual({ state: "reached", byMs: 1.5 * hourMs, lowMs: 1.5 * hourMs, highMs: 1.5 * hourMs });
    expect(lag?.p90).toMatchObject({ state: "reached", byMs: 24 * 120 * hourMs });
    const early = lag?.curve.find((point) => point.ageMs === 24 * 30 * hourMs);
    expect(early?.waiting).toBeCloseTo(late.length / hours.length, 6);
    const window = report.coverage.find((one) => one.window >= iso(withheldFrom))?.window ?? "";
    const one = await house.client.call("labels", { path, query: { window, segment: "working" } });
    expect(one.coverage.map((cell) => cell.segment?.value).sort()).toEqual(["day off", "working day"]);
    expect(one.coverage.every((cell) => cell.window === window && cell.restatements >= 1)).toBe(true);
    expect(one.lags.every((each) => each.clock !== "outcome-time" || each.median.byMs === 24 * 120 * hourMs)).toBe(
      true,
    );
    const refusal = await refusalOf(house.client.call("labels", { path, query: { segment: "nowhere" } }));
    expect(JSON.stringify(refusal)).toContain("working");
  });

  it("have labels, worth and opinions in the command line, corrected ones counted once", async () => {
    const path = { system: "bike-demand" };
    expect((await homeostat("outcomes", "bike-demand")).out).toContain('Send outcomes with "kind"');
    const [first, second] = hours;
    if (first === undefined || second === undefined) throw new Error("no hours");
    const worth = { time: iso(first.time), kind: "business", name: "revenue", unit: "USD" } as const;
    const later = { ...worth, time: iso(first.time + hourMs) };
    const rows = [
      { ...worth, predictionId: first.id, value: 100 },
      { ...later, predictionId: first.id, value: 40 },
      { ...worth, predictionId: second.id, value: 20 },
      { predictionId: first.id, time: iso(first.time), kind: "feedback" as const, name: "rating", value: "too high" },
    ];
    await house.client.call("sendOutcomes", { path, body: { rows } });
    const items = await until("both are counted", async () => {
      const found = (await house.client.call("outcomes", { path })).items;
      return found.length === 2 ? found : undefined;
    });
    expect(items[0]).toMatchObject({ kind: "business", unit: "USD", count: 2, sum: 60, mean: { value: 30 } });
    expect(items[1]).toMatchObject({ kind: "feedback", values: [{ value: "too high", count: 1 }], sum: null });
    const shown = await homeostat("outcomes", "bike-demand");
    expect(shown.out).toContain("revenue (USD)");
    const labels = await homeostat("labels", "bike-demand", "--segment", "working=day off");
    expect(labels.code).toBe(0);
    expect(labels.out).toContain("working=day off");
    expect(labels.out).toContain("1 h 30 min (1 h 30 min to 1 h 30 min)");
    expect(labels.out).toMatch(/1 h 30 min {2}#+\.+ {2}1\d\.\d %/);
    const json = JSON.parse((await homeostat("labels", "bike-demand", "--json")).out) as { coverage: unknown[] };
    expect(json.coverage.length).toBeGreaterThan(25);
  });

  it("keep their task, and only binary classification is served by the gateway", async () => {
    const changed = bikeDeclarations().map(({ path, text }) => ({
      path,
      text: text.replace("{ type: regression, unit: rentals }", "{ type: binary-classification, threshold: 0.5 }"),
    }));
    const expression = changed.map(({ path, text }) => ({
      path,
      text: text.replace("expression: rentals, maturity", "expression: rentals > 100, maturity"),
    }));
    const refusal = await refusalOf(house.client.call("apply", { body: { files: expression } }));
    expect(refusal.detail).toContain("a system keeps its task");
    const served = bikeDeclarations().map(({ path, text }) => ({
      path,
      text: text.replace("monitor-only", "gateway"),
    }));
    const gateway = await refusalOf(house.client.call("apply", { body: { files: served } }));
    expect(JSON.stringify(gateway)).toContain("binary-classification while serving is gateway");
  });
});
