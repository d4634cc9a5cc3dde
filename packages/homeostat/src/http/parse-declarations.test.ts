import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExpressionChecker } from "../domain/engine/expression.ts";
import { createExpressionChecker, type EngineExpressionChecker } from "../engine/check-expression.ts";
import { type SupervisedEngine, startEngine } from "../engine/supervise-engine.ts";
import { durationMsOf } from "./declaration/duration.ts";
import type { Issue } from "./handler.ts";
import { type DeclarationFile, type DeclarationsRead, parseDeclarations } from "./parse-declarations.ts";

const scratch = mkdtempSync(join(tmpdir(), "homeostat-declarations-"));
let engine: SupervisedEngine;
let checker: EngineExpressionChecker;

beforeAll(async () => {
  engine = await startEngine({ dataPath: join(scratch, "engine"), memoryLimitBytes: 1_000_000_000, fileRoots: [] });
  checker = createExpressionChecker(engine.expressions);
});

afterAll(async () => {
  await checker.close();
  await engine.stop(5_000);
  rmSync(scratch, { recursive: true, force: true });
});

const system = `apiVersion: homeostat/v1
kind: System
name: flight-delay
domain: tabular
description: Will a flight arrive late
serving: gateway
task: { type: binary-classification, threshold: 0.5 }
contract: ../contracts/airline.yaml
pipeline: pipeline.yaml
outcome:
  name: delayed
  expression: arrival_delay > 15
  maturity: P1DT2H
segments:
  - name: origin
    expression: upper(origin)
  - name: hour
    expression: toHour(departs)
    top: 24
windows: { length: P1D, lateness: PT6H, season: day-of-week }
fallback:
  - kind: previous-release
  - { kind: constant, probability: 0.2 }
owners:
  training-pipeline: ml
  serving: ml
  upstream-data: data
  production-performance: ml
  business: ops
`;
const pipeline = `apiVersion: homeostat/v1
kind: Pipeline
features:
  - name: distance_km
    type: number
    expression: distance * 1.609344
  - name: hour
    type: category
    expression: toHour(departs)
  - { name: carrier, type: category, expression: carrier }
`;
const contract = `apiVersion: v3.1.0
kind: DataContract
id: airline-feed
version: 1.2.0
status: active
slaProperties:
  - property: latency
    value: 4
schema:
  - name: flights
    quality:
      - { type: sql, query: SELECT max(distance) FROM flights, mustBeLessThan: 9000 }
    properties:
      - { name: origin, logicalType: string, required: true }
      - { name: carrier, logicalType: string, physicalName: UniqueCarrier, unique: false, primaryKey: true }
      - name: distance
        logicalType: number
        logicalTypeOptions: { minimum: 0, maximum: 6000 }
      - { name: departs, logicalType: timestamp, required: true }
      - { name: flight_day, logicalType: date }
      - { name: arrival_delay, logicalType: integer, tags: [outcome], physicalName: ArrDelay }
`;
const owners = `apiVersion: homeostat/v1
kind: Owners
owners:
  - { name: ml, title: Models, contact: ml@example.org }
  - { name: data, title: Data, contact: data@example.org }
  - { name: ops, title: Operations, contact: ops@example.org }
`;

interface Texts {
  readonly system?: string;
  readonly pipeline?: string;
  readonly contract?: string;
  readonly owners?: string;
}
const filesOf = (texts: Texts = {}): DeclarationFile[] => [
  { path: "systems/flight/system.yaml", text: texts.system ?? system },
  { path: "systems/flight/pipeline.yaml", text: texts.pipeline ?? pipeline },
  { path: "systems/contracts/airline.yaml", text: texts.contract ?? contract },
  { path: "owners.yaml", text: texts.owners ?? owners },
];
const parse = (texts: Texts = {}): Promise<DeclarationsRead> => parseDeclarations(filesOf(texts), checker);

async function issuesOf(texts: Texts): Promise<readonly Issue[]> {
  const read = await parse(texts);
  if (read.kind === "parsed") throw new Error("nothing was refused");
  for (const issue of read.issues) expect(issue.path).toMatch(/^[\w./-]+:\d+:\d+$/);
  return read.issues;
}

describe("a whole bundle", () => {
  it("becomes systems and owners in the words of the domain", async () => {
    const read = await parse();
    if (read.kind === "refused") throw new Error(JSON.stringify(read.issues));
    expect(read.owners.map((owner) => owner.name)).toEqual(["ml", "data", "ops"]);
    const [declared] = read.systems;
    expect(declared?.path).toBe("systems/flight/system.yaml");
    expect(declared?.system).toMatchObject({
      name: "flight-delay",
      task: { type: "binary-classification", threshold: 0.5 },
      windows: { lengthMs: 86_400_000, latenessMs: 21_600_000, season: "day-of-week" },
      outcome: { name: "delayed", maturityMs: 93_600_000 },
      fallback: [{ kind: "previous-release" }, { kind: "constant", probability: 0.2 }],
      notify: [{ channel: "console" }],
      source: {
        component: "source:airline-feed",
        contractId: "airline-feed",
        contractVersion: "1.2.0",
        outcomeColumns: [{ name: "arrival_delay", physicalName: "ArrDelay", type: "Nullable(Int64)" }],
      },
    });
    expect(declared?.system.pipeline.inputs).toEqual([
      { name: "origin", type: "string", required: true, physicalName: "origin" },
      { name: "carrier", type: "string", required: false, physicalName: "UniqueCarrier" },
      { name: "distance", type: "number", required: false, physicalName: "distance" },
      { name: "departs", type: "timestamp", required: true, physicalName: "departs" },
      { name: "flight_day", type: "string", required: false, physicalName: "flight_day" },
    ]);
  });

  it("casts categories and segments to text, and leaves text as it is", async () => {
    const read = await parse();
    if (read.kind === "refused") throw new Error(JSON.stringify(read.issues));
    const { pipeline: made, segments } = read.systems[0]!.system;
    expect(made.features.map(({ name, type }) => [name, type])).toEqual([
      ["distance_km", "number"],
      ["hour", "category"],
      ["carrier", "category"],
    ]);
    expect(made.features[1]?.expression).toMatch(/^toString\(toHour\(.*departs.*\)\)$/);
    expect(made.features[2]?.expression).not.toContain("toString");
    expect(segments.map(({ name, top }) => [name, top])).toEqual([
      ["origin", 50],
      ["hour", 24],
    ]);
    expect(segments[1]?.expression).toContain("toString");
  });

  it("lists by name what the contract promises and nobody checks", async () => {
    const read = await parse();
    expect(read.kind === "parsed" && read.systems[0]?.system.unchecked).toEqual([
      "contract airline-feed: not checked: flights: quality sql: its query is neither a scalar expression nor a count of rows with a condition",
    ]);
  });

  it("has a pipeline version and a digest that depend on meaning and not on layout", async () => {
    const first = await parse();
    const relaid = await parse({
      pipeline: `# a comment\n${pipeline.replace("distance * 1.609344", "distance   *   1.609344")}`,
      system: system.replace(
        "task: { type: binary-classification, threshold: 0.5 }",
        "task:\n  threshold: 0.5\n  type: binary-classification",
      ),
    });
    const changed = await parse({ pipeline: pipeline.replace("1.609344", "1.6") });
    const renamed = await parse({ system: system.replace("threshold: 0.5", "threshold: 0.6") });
    if (
      first.kind === "refused" ||
      relaid.kind === "refused" ||
      changed.kind === "refused" ||
      renamed.kind === "refused"
    )
      throw new Error("refused");
    const version = first.systems[0]!.system.pipeline.version;
    expect(version).toMatch(/^pl-[0-9a-f]{16}$/);
    expect(relaid.systems[0]?.system.pipeline.version).toBe(version);
    expect(relaid.systems[0]?.digest).toBe(first.systems[0]?.digest);
    expect(changed.systems[0]?.system.pipeline.version).not.toBe(version);
    expect(renamed.systems[0]?.system.pipeline.version).toBe(version);
    expect(renamed.systems[0]?.digest).not.toBe(first.systems[0]?.digest);
  });

  it("may stand in one file of several documents", async () => {
    const text = [
      system.replace("../contracts/airline.yaml", "all.yaml").replace("pipeline.yaml", "all.yaml"),
      pipeline,
      contract,
      owners,
    ].join("---\n");
    expect(await parseDeclarations([{ path: "all.yaml", text }], checker)).toMatchObject({
      kind: "parsed",
      systems: { length: 1 },
    });
  });

  it("knows owners that were applied earlier", async () => {
    const known = ["ml", "data", "ops"].map((name) => ({ name, title: "", contact: "" }));
    const files = filesOf().filter((file) => file.path !== "owners.yaml");
    expect((await parseDeclarations(files, checker)).kind).toBe("refused");
    const before = { owners: known, people: [], schedules: [], policies: [], channels: [] };
    expect((await parseDeclarations(files, checker, before)).kind).toBe("parsed");
  });
});

describe("what is wrong is named by file, line and column", () => {
  it.each<[string, Texts, string, string]>([
    [
      "a value of the wrong type",
      { system: system.replace("threshold: 0.5", "threshold: half") },
      "systems/flight/system.yaml:7:49",
      "task.threshold: a number",
    ],
    [
      "a value outside its range",
      { system: system.replace("threshold: 0.5", "threshold: 1") },
      "systems/flight/system.yaml:7:49",
      "task.threshold: less than 1",
    ],
    [
      "a key that does not belong",
      { system: system.replace("domain:", "domian: x\ndomain:") },
      "systems/flight/system.yaml:4:1",
      "domian: no such key",
    ],
    [
      "a missing key, at what should hold it",
      { system: system.replace("  maturity: P1DT2H\n", "") },
      "systems/flight/system.yaml:10:1",
      "outcome.maturity: text",
    ],
    [
      "a choice that does not exist",
      { system: system.replace("serving: gateway", "serving: cloud") },
      "systems/flight/system.yaml:6:10",
      'serving: one of "gateway", "monitor-only"',
    ],
    [
      "a member of a union that does not exist",
      { system: system.replace("kind: previous-release", "kind: pray") },
      "systems/flight/system.yaml:22:11",
      'fallback[0].kind: one of "previous-release", "constant"',
    ],
    [
      "a duration that is none",
      { system: system.replace("length: P1D", "length: daily") },
      "systems/flight/system.yaml:20:20",
      "windows.length: must be an ISO 8601 duration of days, hours, minutes or seconds, e.g. PT6H or P1D",
    ],
    [
      "windows without length",
      { system: system.replace("length: P1D", "length: PT0S") },
      "systems/flight/system.yaml:20:20",
      "windows.length: from PT1M to P31D",
    ],
    [
      "seasons that windows do not fit",
      { system: system.replace("length: P1D", "length: PT7H") },
      "systems/flight/system.yaml:20:50",
      "windows.season: day-of-week only with windows that divide a day, e.g. P1D, PT6H or PT1H",
    ],
    [
      "a duration beyond counting",
      { system: system.replace("P1DT2H", "P99999999999999999999D") },
      "systems/flight/system.yaml:13:13",
      "outcome.maturity: at most P3660D",
    ],
    [
      "an owner nobody is",
      { system: system.replace("business: ops", "business: sales") },
      "systems/flight/system.yaml:29:13",
      "the name of an owner in a document of kind Owners",
    ],
    [
      "a file that was not sent",
      { system: system.replace("../contracts/airline.yaml", "../../../../etc/passwd") },
      "systems/flight/system.yaml:8:11",
      "contract: the path of a file sent along, relative to this one",
    ],
    [
      "a file of another kind",
      { system: system.replace("../contracts/airline.yaml", "pipeline.yaml") },
      "systems/flight/system.yaml:8:11",
      "contract: a file with exactly one document of kind DataContract",
    ],
    [
      "a segment twice",
      { system: system.replace("- name: hour", "- name: origin") },
      "systems/flight/system.yaml:17:11",
      "each name once",
    ],
    [
      "a step behind the last",
      {
        system: system.replace(
          "  - kind: previous-release\n  - { kind: constant, probability: 0.2 }",
          "  - { kind: constant, probability: 0.2 }\n  - kind: previous-release",
        ),
      },
      "systems/flight/system.yaml:23:5",
      "a constant as the last step: it always answers",
    ],
    [
      "a feature twice",
      { pipeline: pipeline.replace("name: carrier", "name: hour") },
      "systems/flight/pipeline.yaml:10:13",
      "each name once",
    ],
    [
      "a field twice",
      { contract: contract.replace("name: carrier", "name: origin") },
      "systems/contracts/airline.yaml:15:17",
      "each field once",
    ],
    [
      "a column twice",
      { contract: contract.replace("UniqueCarrier", "origin") },
      "systems/contracts/airline.yaml:15:61",
      "each column once",
    ],
    ["an owner twice", { owners: owners.replace("name: data", "name: ml") }, "owners.yaml:5:13", "each name once"],
    [
      "a contract of another standard",
      { contract: contract.replace("v3.1.0", "v2.2.2") },
      "systems/contracts/airline.yaml:1:13",
      "apiVersion: a version of the Open Data Contract Standard: v3.1.0, or v3.0.0 to v3.0.2",
    ],
    [
      "a kind that does not exist",
      { owners: `${owners}---\nkind: Dashboard\n` },
      "owners.yaml:8:7",
      "kind: one of System, Owners, Channels, Pipeline, DataContract, SLO, SLI, Schedule, EscalationPolicy",
    ],
    [
      "a key that stands twice",
      { owners: owners.replace("kind: Owners", "kind: Owners\nkind: Owners") },
      "owners.yaml:3:1",
      "each key once",
    ],
    [
      "a prototype",
      { owners: owners.replace("kind: Owners", "kind: Owners\n__proto__: { owners: [] }") },
      "owners.yaml:3:1",
      "no such key",
    ],
    ["broken YAML", { owners: `${owners}  - { name: ml\n` }, "owners.yaml:8:1", "YAML"],
    [
      "a tag that means nothing here",
      { owners: owners.replace("title: Models", "title: !!js/function x") },
      "owners.yaml:4:24",
      "YAML",
    ],
  ])("%s", async (_, texts, path, expected) => {
    expect(await issuesOf(texts)).toContainEqual({ path, expected, found: expect.any(String) });
  });

  it.each<[string, Texts, Issue]>([
    [
      "a field the contract does not have",
      { pipeline: pipeline.replace("distance * 1.609344", "distance * altitude") },
      {
        path: "systems/flight/pipeline.yaml:6:17",
        expected: "fields of the contract airline-feed",
        found: "feature distance_km uses field altitude which the contract airline-feed does not have",
      },
    ],
    [
      "an outcome among the inputs",
      { pipeline: pipeline.replace("distance * 1.609344", "distance + arrival_delay") },
      {
        path: "systems/flight/pipeline.yaml:6:17",
        expected: "fields of the contract airline-feed",
        found: "feature distance_km uses arrival_delay, which is tagged `outcome`: it is known only afterwards",
      },
    ],
    [
      "a feature in a segment",
      { system: system.replace("upper(origin)", "if(distance_km > 1000, 'far', 'near')") },
      {
        path: "systems/flight/system.yaml:16:17",
        expected: "fields of the contract airline-feed",
        found:
          "segment origin uses distance_km, which is a feature: segments are expressions over the contract's fields",
      },
    ],
    [
      "text where a number is wanted",
      { pipeline: pipeline.replace("distance * 1.609344", "upper(carrier)") },
      {
        path: "systems/flight/pipeline.yaml:6:17",
        expected: "feature distance_km: a number",
        found: "an expression of type Nullable(String)",
      },
    ],
    [
      "an outcome that is not true or false",
      { system: system.replace("arrival_delay > 15", "arrival_delay") },
      {
        path: "systems/flight/system.yaml:12:15",
        expected: "the outcome: true or false",
        found: "an expression of type Nullable(Int64)",
      },
    ],
    [
      "an outcome that follows from the inputs",
      { system: system.replace("arrival_delay > 15", "distance > 15") },
      {
        path: "systems/flight/system.yaml:12:15",
        expected: "outcome.expression: at least one field tagged `outcome` in the contract",
        found: "only inputs: distance",
      },
    ],
  ])("%s, in a sentence", async (_, texts, issue) => {
    expect(await issuesOf(texts)).toContainEqual(issue);
  });

  it.each([
    "(select 1)",
    "distance; drop table x",
    "sum(distance)",
    "file('/etc/passwd')",
    "now()",
    "distance settings x = 1",
    "1 +",
    "rand()",
    "nosuch(distance)",
    "distance) from system.users --",
    "url('http://x')",
  ])("the expression %s, by its reason", async (expression) => {
    const [issue] = await issuesOf({ pipeline: pipeline.replace("distance * 1.609344", JSON.stringify(expression)) });
    expect(issue?.path).toBe("systems/flight/pipeline.yaml:6:17");
  });

  it("tells everything at once: broken files, schemas and cross-checks", async () => {
    const issues = await issuesOf({
      owners: "owners: [",
      pipeline: pipeline.replace("distance * 1.609344", "altitude"),
      system: system.replace("length: P1D", "length: PT0S").replace("business: ops", "business: sales"),
    });
    // who the owners are is not known while their file is broken: nobody is called a stranger
    expect(issues.filter((issue) => issue.expected.includes("owner"))).toEqual([]);
    expect(new Set(issues.map((issue) => issue.path.split(":")[0]))).toEqual(
      new Set(["owners.yaml", "systems/flight/pipeline.yaml", "systems/flight/system.yaml"]),
    );
  });

  it("a system twice, naming the other file", async () => {
    const files = [...filesOf(), { path: "systems/flight/copy.yaml", text: system }];
    expect(await parseDeclarations(files, checker)).toEqual({
      kind: "refused",
      issues: [
        {
          path: "systems/flight/copy.yaml:3:7",
          expected: "each system once",
          found: "`flight-delay`, which stands in systems/flight/system.yaml too",
        },
      ],
    });
  });

  it("a file twice, and a bundle of nothing", async () => {
    expect(await parseDeclarations([...filesOf(), { path: "./owners.yaml", text: owners }], checker)).toMatchObject({
      issues: [{ path: "owners.yaml:1:1", expected: "each file once" }],
    });
    expect(await parseDeclarations([{ path: "a.yaml", text: "# nothing\n" }], checker)).toMatchObject({
      issues: [{ path: "a.yaml:1:1" }],
    });
  });

  it("a promise of a monitor-only system that nothing keeps is listed as unchecked", async () => {
    const read = await parse({
      system: system
        .replace("serving: gateway", "serving: monitor-only")
        .replace("arrival_delay > 15", "distance > 15"),
    });
    expect(read.kind === "parsed" && read.systems[0]?.system.unchecked.slice(-2)).toEqual([
      "fallback: not used, because predictions are made elsewhere",
      "outcome.expression: uses no field tagged `outcome`; outcomes come only as they are posted",
    ]);
  });
});

describe("hostile text", () => {
  const neverAsked: ExpressionChecker = {
    check: () => {
      throw new Error("no expression should be reached");
    },
  };
  const bomb = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ..."bcdefghi"
      .split("")
      .map(
        (name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefghi"[index]}`).join(", ")}]`,
      ),
  ].join("\n");

  it.each([
    ["anchors that multiply", bomb],
    ["brackets without end", "[".repeat(900_000)],
    ["braces without end", "{a: ".repeat(250_000)],
    ["a list in a list in a list", "- ".repeat(400_000)],
    ["keys in keys", "? ".repeat(400_000)],
    ["a hundred thousand keys", Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join("\n")],
    ["a merge", "<<: { kind: System }"],
    ["an anchor in itself", "a: &a [*a]"],
    ["an alias of nothing", "a: *b"],
    ["binary noise", "\u0000\u0001\u0002kind: System"],
    ["a number for a document", "5"],
    ["a list for a document", "- kind: System"],
    ["documents without end", "---\n".repeat(200_000)],
  ])("%s is refused", async (_, text) => {
    const read = await parseDeclarations([{ path: "x.yaml", text }], neverAsked);
    expect(read.kind).toBe("refused");
    expect(read.kind === "refused" && read.issues.length).toBeLessThanOrEqual(100);
  });

  it("any text at all is refused or read, and never breaks the reader", async () => {
    const pieces = fc.array(
      fc.constantFrom(
        "kind: System\n",
        "a: ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!!x ",
        "'",
        '"',
        "|\n ",
        ">\n",
        "\t",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "? ",
        ": ",
        "# c\n",
        "\n",
        "  ",
        "é",
        "\r\n",
        "<<: *a\n",
        "~",
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const read = await parseDeclarations([{ path: "x.yaml", text: parts.join("") }], neverAsked);
        expect(read.kind).toBe("refused");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("durations", () => {
  it.each([
    ["PT6H", 21_600_000],
    ["P1D", 86_400_000],
    ["P1DT2H3M4S", 93_784_000],
    ["PT90S", 90_000],
    ["PT0S", 0],
  ])("%s is %i milliseconds", (text, milliseconds) => {
    expect(durationMsOf(text)).toBe(milliseconds);
  });
});
