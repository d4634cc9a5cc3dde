import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckedExpression } from "../engine/expression.ts";
import { hourMs } from "../instant.ts";
import type { Feature, FeatureVector, Pipeline } from "../pipeline/pipeline.ts";
import { judgeReplay } from "./judge-replay.ts";
import type { FeatureReplay, ReplayReport, ServedRow } from "./replay.ts";

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const dataFolder = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "..", "data");
const flights = (JSON.parse(readFileSync(join(dataFolder, "flights-10k.json"), "utf8")) as Flight[]).slice(0, 3_000);

const feature = (name: string, type: Feature["type"]): Feature => ({
  name,
  type,
  expression: name as CheckedExpression,
});
const features = [
  feature("hour", "number"),
  feature("distance", "number"),
  feature("kilometres", "number"),
  feature("ramp", "number"),
  feature("origin", "category"),
];
const pipeline: Pipeline = { version: "pl-flights", inputs: [], features };
const place = (name: string): number => features.findIndex((one) => one.name === name);

const timeOf = (flight: Flight): number => Date.parse(`${flight.date.replaceAll("/", "-").replace(" ", "T")}:00Z`);

/** Some features are missing where they were not measured: one flight in 50. */
const trained: readonly FeatureVector[] = flights.map((flight, row) => [
  new Date(timeOf(flight)).getUTCHours(),
  row % 50 === 7 ? null : flight.distance,
  flight.distance * 1.609344,
  timeOf(flight) / hourMs,
  flight.origin,
]);

function replayed(served: readonly FeatureVector[], entity: (flight: Flight) => string = () => ""): ReplayReport {
  const rows = flights.map(
    (flight, index): ServedRow => ({
      id: `flight-${index}`,
      time: timeOf(flight),
      entity: entity(flight),
      inputs: {},
      vector: served[index] ?? [],
    }),
  );
  return judgeReplay("r1", pipeline, { rows, withVector: rows.length, windowRows: rows.length }, trained);
}

/** The training vectors with one feature changed in a share of the rows. */
function changed(
  name: string,
  every: number,
  change: (value: FeatureVector[number], flight: Flight) => FeatureVector[number],
): readonly FeatureVector[] {
  return trained.map((vector, row) =>
    vector.map((value, at) =>
      at === place(name) && row % every === 0 ? change(value, flights[row] as Flight) : value,
    ),
  );
}

const replayOf = (report: ReplayReport, name: string): FeatureReplay =>
  report.features.find((one) => one.feature === name) as FeatureReplay;

const numeric =
  (change: (value: number, flight: Flight) => FeatureVector[number]) =>
  (value: FeatureVector[number], flight: Flight): FeatureVector[number] =>
    typeof value === "number" ? change(value, flight) : value;

describe("real flights, replayed", () => {
  it("match feature by feature when serving does what training does, and the rate is bounded, not zero", () => {
    const report = replayed(trained);
    for (const one of report.features) {
      expect(one.conclusion).toEqual({ kind: "match" });
      expect(one).toMatchObject({ mismatched: 0, examples: [] });
      // 0 of 3,000: below 0.1 % with 95 % confidence, which is what 2,995 rows are drawn for.
      expect(one.rate?.atMost).toBeLessThan(0.001);
    }
  });

  it("match when serving computes in single precision", () => {
    const served = changed(
      "kilometres",
      1,
      numeric((value) => Math.fround(value)),
    );
    expect(replayOf(replayed(served), "kilometres").conclusion).toEqual({ kind: "match" });
  });

  const faults: readonly (readonly [
    string,
    string,
    number,
    (value: FeatureVector[number], flight: Flight) => FeatureVector[number],
    object,
  ])[] = [
    [
      "an hour in another time zone, in 1 % of the rows",
      "hour",
      100,
      numeric((hour) => (hour + 19) % 24),
      { cause: "time-zone", pattern: { pattern: "timezone_hours" } },
    ],
    [
      "missing values filled with 0",
      "distance",
      1,
      (value) => value ?? 0,
      { cause: "null-handling", pattern: { pattern: "null_imputed", value: 0 } },
    ],
    [
      "values lost",
      "distance",
      100,
      () => null,
      { cause: "null-handling", pattern: { pattern: "value_lost_to_null" } },
    ],
    ["miles for kilometres", "kilometres", 100, numeric((value) => value / 1.609344), { cause: "scale" }],
    [
      "rounding to whole numbers",
      "kilometres",
      100,
      numeric(Math.round),
      { cause: "rounding", pattern: { pattern: "rounding", digits: 0 } },
    ],
    [
      "a category in other capitals",
      "origin",
      100,
      (value) => String(value).toLowerCase(),
      { cause: "category-mapping", pattern: { pattern: "case_or_whitespace" } },
    ],
    [
      "two categories exchanged",
      "origin",
      1,
      (value) => (value === "LAX" ? "SFO" : value === "SFO" ? "LAX" : value),
      { cause: "category-mapping", pattern: { pattern: "swapped" } },
    ],
    [
      "a column in another's place",
      "kilometres",
      20,
      numeric((_, flight) => timeOf(flight) / hourMs),
      { cause: "wrong-column", pattern: { column: "ramp" } },
    ],
    [
      "no rule where there is none",
      "kilometres",
      20,
      numeric((value, flight) => value + ((flight.delay * 37) % 101)),
      { kind: "unexplained" },
    ],
    [
      "tiny differences by no rule",
      "kilometres",
      50,
      numeric((value, flight) => value * (1 + ((flight.delay % 17) + 18) * 1e-5)),
      { cause: "library-version" },
    ],
  ];
  it.each(faults)("with a fault in serving name %s", (_, name, every, change, expected) => {
    const report = replayed(changed(name, every, change));
    const found = replayOf(report, name);
    const { kind } = expected as { readonly kind?: string };
    expect(found.conclusion).toMatchObject(kind === undefined ? { kind: "named", ...expected } : expected);
    expect(found.mismatched).toBeGreaterThanOrEqual(20);
    expect(found.examples).toHaveLength(5);
    // The healthy features beside it are left alone.
    for (const other of report.features) if (other.feature !== name) expect(other.conclusion.kind).toBe("match");
  });

  it("name a stale feature where rows belong to an entity, with its age", () => {
    const served = trained.map((vector, row) => {
      const own = flights[row] as Flight;
      const lag = timeOf(own) - 24 * hourMs;
      const earlier = flights.filter((other) => other.origin === own.origin && timeOf(other) <= lag).at(-1);
      return vector.map((value, at) =>
        at === place("ramp") && earlier !== undefined && row % 3 === 0 ? timeOf(earlier) / hourMs : value,
      );
    });
    const found = replayOf(
      replayed(served, (flight) => flight.origin),
      "ramp",
    );
    expect(found.conclusion).toMatchObject({ kind: "named", cause: "stale-feature", pattern: { lag: 24 } });
    expect(replayOf(replayed(served), "ramp").conclusion.kind).toBe("unexplained");
  });

  it("name nothing from a handful of mismatched rows", () => {
    const served = changed(
      "hour",
      300,
      numeric((hour) => (hour + 19) % 24),
    );
    expect(replayOf(replayed(served), "hour")).toMatchObject({
      mismatched: 10,
      conclusion: { kind: "too-few", need: 20 },
    });
  });
});
