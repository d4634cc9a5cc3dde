import { lintContract } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";

const head = (version = "v3.1.0"): string =>
  `apiVersion: ${version}\nkind: DataContract\nid: harbour-arrivals\nversion: 2.0.0\nstatus: active\n`;
const table = `schema:
  - name: arrivals
    properties:
      - { name: ship, logicalType: string }
`;
const issuesOf = (text: string): readonly string[] => {
  const read = lintContract("c.yaml", text);
  return "issues" in read ? read.issues.map(({ path, expected, found }) => `${path} ${expected} / ${found}`) : [];
};

/** One document for every section of the standard, written for these tests. */
const valid: Readonly<Record<string, string>> = {
  "the fundamentals alone": head(),
  "every fundamental key": `${head()}name: Arrivals\ntenant: port\ndomain: logistics\ndataProduct: berths\ntags: [ships, live]
contractCreatedTs: 2026-01-02T03:04:05Z
description:
  purpose: Who comes when
  usage: Planning of berths
  limitations: No yachts
  authoritativeDefinitions: [{ url: "https://port.example/arrivals", type: businessDefinition }]
`,
  "an object with its own description": `${head()}schema:
  - name: arrivals
    physicalName: arr_v2
    physicalType: table
    businessName: Arrivals
    logicalType: object
    description: One row per ship
    dataGranularityDescription: one row per ship and day
    tags: [core]
    properties: []
`,
  "every logical type with its options": `${head()}schema:
  - name: arrivals
    properties:
      - { name: imo, logicalType: string, logicalTypeOptions: { minLength: 7, maxLength: 7, pattern: "^[0-9]{7}$", format: hostname } }
      - { name: day, logicalType: date, logicalTypeOptions: { format: yyyy-MM-dd, minimum: "2020-01-01", exclusiveMaximum: "2030-01-01" } }
      - { name: at, logicalType: timestamp, logicalTypeOptions: { timezone: true, defaultTimezone: Etc/UTC } }
      - { name: tide, logicalType: time, logicalTypeOptions: { format: "HH:mm:ss" } }
      - { name: crew, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 90, multipleOf: 1, format: u16 } }
      - { name: draught, logicalType: number, logicalTypeOptions: { exclusiveMinimum: 0, exclusiveMaximum: 25.5, format: f64 } }
      - { name: pilot, logicalType: boolean }
      - name: berth
        logicalType: object
        logicalTypeOptions: { minProperties: 1, required: [quay] }
        properties: [{ name: quay, logicalType: string }]
      - name: cargo
        logicalType: array
        logicalTypeOptions: { minItems: 0, maxItems: 40, uniqueItems: true }
        items: { logicalType: object, properties: [{ name: tons, logicalType: number }] }
`,
  "keys, partitions and transformations": `${head()}schema:
  - name: arrivals
    properties:
      - { name: ship, primaryKey: true, primaryKeyPosition: 1, required: true, unique: true, physicalType: VARCHAR(9), physicalName: shp }
      - { name: day, partitioned: true, partitionKeyPosition: 1, classification: public, criticalDataElement: true }
      - { name: owner, encryptedName: owner_enc, transformLogic: upper(owner), transformDescription: capitals, transformSourceObjects: [registry], examples: [ACME, 7] }
`,
  "relationships of properties and of objects": `${head()}schema:
  - name: arrivals
    relationships:
      - { from: arrivals.ship, to: ships.imo, type: foreignKey }
      - { from: [arrivals.quay, arrivals.berth], to: [berths.quay, berths.number] }
    properties:
      - { name: ship, relationships: [{ to: ships.imo }] }
`,
  "every metric of the library with an operator of its own": `${head()}schema:
  - name: arrivals
    quality:
      - { metric: rowCount, mustBeBetween: [100, 120] }
      - { metric: duplicateValues, mustBe: 0, arguments: { properties: [ship, day] } }
    properties:
      - name: ship
        quality:
          - { type: library, metric: nullValues, mustBeLessThan: 1, unit: percent, dimension: completeness, severity: error }
          - { metric: missingValues, mustBeLessOrEqualTo: 3, arguments: { missingValues: [null, "", n/a] } }
          - { metric: invalidValues, mustNotBe: 7, arguments: { validValues: [a, b] } }
          - { metric: invalidValues, mustBeGreaterOrEqualTo: 0, arguments: { pattern: "^x" }, schedule: 0 4 * * *, scheduler: cron }
          - { metric: duplicateValues, mustNotBeBetween: [5, 9], businessImpact: operational, method: reconciliation, tags: [x] }
          - { metric: nullValues, mustBeGreaterThan: -1, name: odd, description: always so }
`,
  "rules as text, in SQL and for other engines": `${head()}schema:
  - name: arrivals
    quality:
      - { type: text, description: Ships are real }
      - { type: sql, query: "SELECT count(*) FROM {object}", mustBeGreaterThan: 1 }
      - { type: custom, engine: soda, implementation: "type: duplicate_percent" }
      - { type: custom, engine: great-expectations, implementation: { type: expect_it } }
`,
  "service levels": `${head()}${table}slaDefaultElement: arrivals.ship
slaProperties:
  - { property: latency, value: 4, unit: h, element: arrivals.at, driver: operational }
  - { property: generalAvailability, value: 2026-01-01T00:00:00Z, description: open to all }
  - { property: frequency, value: 1, valueExt: 2, unit: d, schedule: 0 6 * * *, scheduler: cron }
  - { property: retention, value: null }
`,
  "a team with members": `${head()}team:
  name: harbour-data
  description: Those who count ships
  members:
    - { username: ana@port.example, name: Ana, role: Owner, dateIn: 2025-01-01, dateOut: 2026-01-01, replacedByUsername: bo@port.example }
`,
  "the deprecated list form of a team": `${head()}team:\n  - { username: ana@port.example, role: Owner }\n`,
  roles: `${head()}roles:\n  - { role: reader, access: read, firstLevelApprovers: Ana, secondLevelApprovers: Bo, description: may read }\n`,
  "support channels": `${head()}support:\n  - { channel: "#ships", tool: slack, scope: interactive, url: "https://chat.example/ships", invitationUrl: "https://chat.example/i" }\n`,
  "a price": `${head()}price: { priceAmount: 9.95, priceCurrency: EUR, priceUnit: megabyte }\n`,
  "custom properties and definitions": `${head()}customProperties:
  - { property: berths, value: [1, { deep: true }], description: how many }
  - { property: nothing, value: null }
authoritativeDefinitions:
  - { url: "https://port.example", type: tutorial, description: start here }
`,
  "servers of several types": `${head()}servers:
  - { server: here, type: local, path: ./arrivals/*.parquet, format: parquet, environment: dev }
  - { server: pg, type: postgres, host: db, port: 5432, database: port, schema: public }
  - { server: bus, type: kafka, host: "broker:9092", format: json }
  - { server: lake, type: s3, location: "s3://port/arrivals", format: parquet }
  - { server: ours, type: custom, host: somewhere, path: /x }
`,
  "v3.0.2 with bounds that exclude, rules by name and a list of people": `${head("v3.0.2")}team: [{ username: ana }]
schema:
  - name: arrivals
    properties:
      - { name: crew, logicalType: integer, logicalTypeOptions: { minimum: 0, exclusiveMinimum: true } }
    quality: [{ type: library, rule: rowCount, mustBeGreaterThan: 5 }]
`,
  "v3.0.2 with keys it does not know": `${head("v3.0.2")}harbourMaster: Ana\n`,
};

describe("a contract of the Open Data Contract Standard", () => {
  it("names a field or a column that stands twice in its object, with its place", () => {
    const text = `${head()}schema:
  - name: arrivals
    properties:
      - { name: ship, logicalType: string }
      - { name: ship, logicalType: integer }
      - { name: crew, physicalName: ship, logicalType: string }
  - name: others
    properties:
      - { name: ship, logicalType: string }
`;
    expect(issuesOf(text)).toEqual([
      "c.yaml:10:17 each field and each column once / `ship` a second time",
      "c.yaml:11:37 each field and each column once / `ship` a second time",
    ]);
  });

  it.each(Object.entries(valid))("is accepted with %s", (_, text) => {
    expect(issuesOf(text)).toEqual([]);
  });

  it.each([
    ["without an id", head().replace("id: harbour-arrivals\n", ""), "c.yaml:1:1 id: text / nothing"],
    ["of another kind", head().replace("DataContract", "DataProduct"), 'c.yaml:2:7 kind: "DataContract"'],
    ["of another version of the standard", head("v2.2.2"), "c.yaml:1:13 apiVersion: a version"],
    ["with an unknown key (v3.1)", `${head()}harbourMaster: Ana\n`, "c.yaml:6:1 harbourMaster: no such key"],
    [
      "with an unknown key of a property",
      `${head()}${table.replace("string }", "string, colour: red }")}`,
      "colour: no such key",
    ],
    ["with a type that does not exist", `${head()}${table.replace("string", "varchar")}`, "c.yaml:9:36 schema[0]"],
    [
      "with an option of another type",
      `${head()}${table.replace("string }", "string, logicalTypeOptions: { minimum: 3 } }")}`,
      "logicalTypeOptions.minimum: no such key",
    ],
    [
      "with a pattern that is none",
      `${head()}${table.replace("string }", 'string, logicalTypeOptions: { pattern: "(" } }')}`,
      "a regular expression as of ECMA-262",
    ],
    [
      "with a metric that does not exist",
      `${head()}${table.replace("string }", "string, quality: [{ metric: nulls, mustBe: 0 }] }")}`,
      "metric: one of",
    ],
    [
      "with a metric without an operator",
      `${head()}${table.replace("string }", "string, quality: [{ metric: nullValues }] }")}`,
      "exactly one operator",
    ],
    [
      "with two operators",
      `${head()}${table.replace("string }", "string, quality: [{ metric: nullValues, mustBe: 0, mustNotBe: 1 }] }")}`,
      "exactly one operator",
    ],
    [
      "with a range that is upside down",
      `${head()}${table.replace("string }", "string, quality: [{ metric: nullValues, mustBeBetween: [9, 1] }] }")}`,
      "the smaller one first",
    ],
    [
      "with a dimension that does not exist",
      `${head()}${table.replace("string }", "string, quality: [{ type: text, dimension: beauty }] }")}`,
      "dimension: one of",
    ],
    [
      "with a rule of SQL without a query",
      `${head()}${table.replace("string }", "string, quality: [{ type: sql, mustBe: 0 }] }")}`,
      "the query of a rule of type sql",
    ],
    [
      "with a relationship of a property that says where it comes from",
      `${head()}${table.replace("string }", "string, relationships: [{ from: a, to: b }] }")}`,
      "from: no such key",
    ],
    [
      "with a server without what its type needs",
      `${head()}servers: [{ server: a, type: postgres }]\n`,
      "host: a value",
    ],
    [
      "with a server that has keys of another type",
      `${head()}servers: [{ server: a, type: pubsub, project: p, port: 1 }]\n`,
      "port: no such key",
    ],
    ["with a support channel without a name", `${head()}support: [{ tool: slack }]\n`, "support[0].channel: text"],
    [
      "with a service level without a value",
      `${head()}slaProperties: [{ property: latency }]\n`,
      "slaProperties[0].value",
    ],
    ["with a member who has no name", `${head()}team: { members: [{ role: Owner }] }\n`, "team"],
    [
      "of v3.0 with a bound of v3.1",
      `${head("v3.0.2")}${table.replace("string }", "integer, logicalTypeOptions: { exclusiveMinimum: 3 } }")}`,
      "true or false",
    ],
    ["of v3.0 with a type of v3.1", `${head("v3.0.2")}${table.replace("string", "timestamp")}`, "logicalType: one of"],
    ["that is two documents", `${head()}---\n${head()}`, "one document of kind DataContract / 2"],
    ["that is no YAML", "apiVersion: [v3", "YAML"],
  ])("is refused %s, at its line and column", (_, text, issue) => {
    const found = issuesOf(text);
    expect(found.join("\n")).toContain(issue);
    for (const each of found) expect(each).toMatch(/^c\.yaml:\d+:\d+ /);
  });
});
