import { gzipSync } from "node:zlib";
import { problem } from "@homeostat/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { monitoredElsewhere } from "./house/declarations.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { startTableMaker } from "./house/table-maker.ts";

const long = process.env.HOMEOSTAT_TEST_LONG === "1";
/** Bounded by time, not by runs: the machine decides how far it comes. */
const limitMs = long ? 300_000 : 8_000;

let house: House;
let table: Buffer;
beforeAll(async () => {
  house = await startHouse({ data: await emptyDirectory() });
  await house.client.call("apply", { body: { files: monitoredElsewhere() } });
  await using maker = await startTableMaker();
  table = Buffer.from(
    await maker.make(
      `SELECT toString(number) AS id, toDateTime('2001-02-09 00:00:00') AS time, 'r' AS release, 0.5 AS probability,
         time AS departure, 'LAX' AS origin, 'SFO' AS destination, 337. AS distance FROM numbers(200)`,
      "Parquet",
    ),
  );
});
afterAll(() => house?.killGroup());

const addresses = ["predictions", "outcomes", "events"] as const;
const types = [
  "application/json",
  "application/x-ndjson",
  "application/cloudevents+json",
  "application/cloudevents-batch+json",
  "application/vnd.apache.parquet",
  "application/vnd.apache.arrow.stream",
  "application/vnd.apache.arrow.file",
] as const;
const encodings = ["identity", "gzip", "zstd", "br", "GZIP", "gzip, zstd", "x"] as const;

interface Shot {
  readonly address: (typeof addresses)[number];
  readonly type: string;
  readonly encoding: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Sends it, and holds the answer to what every answer must be: taken, or a problem with a code that is not our mistake. */
async function fire({ address, type, encoding, body }: Shot): Promise<number> {
  const answer = await fetch(`${house.url}/v1/systems/flight-delay/${address}`, {
    method: "POST",
    headers: { authorization: `Bearer ${house.key}`, "content-type": type, "content-encoding": encoding },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 202) {
    const parsed = problem.parse(JSON.parse(text));
    expect(parsed.code, text).not.toBe("internal");
    expect(parsed.detail.length).toBeGreaterThan(10);
    expect(parsed.detail + JSON.stringify(parsed.issues)).not.toContain(house.data);
    expect(answer.status).toBeLessThan(500);
  }
  return answer.status;
}

const inputs = { departure: "2001-02-09T10:00:00Z", origin: "LAX", destination: "SFO", distance: 337 };
const row = { id: "f", time: "2001-02-09T10:00:00Z", release: "r1", inputs, probability: 0.3 };
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const rowsOf = (text: string): Uint8Array<ArrayBuffer> => bytes(`{"rows":[${text}]}`);
const rowText = JSON.stringify(row);
const withId = (id: string): Uint8Array<ArrayBuffer> => rowsOf(JSON.stringify({ ...row, id }));

/** What people and attackers send. Each with the status it must get. */
const corpus: readonly (readonly [string, Uint8Array<ArrayBuffer>, number])[] = [
  ["nothing", bytes(""), 400],
  ["nesting that would exhaust the stack", bytes(`{"rows":${"[".repeat(200_000)}`), 400],
  ["objects in objects", bytes('{"rows":'.repeat(100_000)), 400],
  ["a number of a million digits", rowsOf(rowText.replace("337", "9".repeat(1_000_000))), 400],
  ["a key that stands twice", rowsOf(rowText.replace('"origin"', '"origin":"X","origin"')), 400],
  ["__proto__ as a row key", rowsOf(rowText.replace('"id"', '"__proto__":{"admin":true},"id"')), 400],
  ["__proto__ among the inputs", rowsOf(rowText.replace('"origin"', '"__proto__":{},"origin"')), 400],
  ["constructor among the inputs", rowsOf(rowText.replace('"origin"', '"constructor":1,"origin"')), 400],
  ["invalid UTF-8", new Uint8Array([...rowsOf(rowText).subarray(0, 30), 0xff, 0xfe, 0xc0]), 400],
  ["half a surrogate pair", rowsOf(rowText.replace("LAX", "\\ud800")), 400],
  ["NaN", rowsOf(rowText.replace("337", "NaN")), 400],
  ["Infinity", rowsOf(rowText.replace("0.3", "Infinity")), 400],
  ["a float that overflows", rowsOf(rowText.replace("337", "1e999")), 400],
  ["a text of 300 characters as id", withId("x".repeat(300)), 400],
  ["a name that nobody has", rowsOf(rowText.replace("origin", "'; DROP TABLE predictions_flight_delay; --")), 400],
  ["SQL as an id", withId("'); DROP TABLE predictions_flight_delay; --"), 202],
  ["quotes, spaces and emoji as an id", withId('a "b" `c` \\ 😀\n\t\u0000'), 202],
  ["SQL as a value", rowsOf(rowText.replace("LAX", "' OR 1=1 --").replace('"f"', '"sql"')), 202],
  ["a placeholder as a value", rowsOf(rowText.replace("LAX", "{x:String}").replace('"f"', '"placeholder"')), 202],
];

describe("the door", () => {
  it.each(corpus)("answers %s", async (_, body, status) => {
    expect(await fire({ address: "predictions", type: "application/json", encoding: "identity", body })).toBe(status);
  });

  it("is not filled by what unpacks to more than it may send", async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(300_000_000, 0x20), { level: 9 }));
    for (const type of ["application/x-ndjson", "application/vnd.apache.parquet"] as const)
      expect(await fire({ address: "predictions", type, encoding: "gzip", body: bomb })).toBe(413);
    // 40,000 blocks of 4 bytes that stand for 128 KiB each.
    const block = Buffer.from([0x02, 0x00, 0x10, 0x20]);
    const zstd = Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]),
      ...Array.from({ length: 40_000 }, () => block),
    ]);
    expect(
      await fire({
        address: "predictions",
        type: "application/x-ndjson",
        encoding: "zstd",
        body: new Uint8Array(zstd),
      }),
    ).toBe(413);
  });

  it("answers any damage to good bodies, in every format and encoding", async () => {
    const seeds = [
      Buffer.from(`{"rows":[${rowText}]}`),
      Buffer.from(`${rowText}\n${rowText}\n`),
      Buffer.from(
        JSON.stringify({ specversion: "1.0", id: "a", source: "/s", type: "io.homeostat.prediction", data: row }),
      ),
      table,
    ];
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      with: fc.uint8Array({ maxLength: 12 }),
      cut: fc.nat(40),
    });
    const body = fc
      .tuple(fc.constantFrom(...seeds), fc.array(damage, { maxLength: 4 }), fc.boolean())
      .map(([seed, damages, packed]) => {
        let damaged = seed;
        for (const { at, with: put, cut } of damages) {
          const from = Math.floor(at * damaged.length);
          damaged = Buffer.concat([damaged.subarray(0, from), put, damaged.subarray(from + cut)]);
        }
        return new Uint8Array(packed ? gzipSync(damaged) : damaged);
      });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          address: fc.constantFrom(...addresses),
          type: fc.constantFrom(...types),
          encoding: fc.constantFrom(...encodings, "identity", "gzip"),
          body,
        }),
        async (shot) => void (await fire(shot)),
      ),
      { numRuns: 1_000_000, interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false },
    );
  });

  it("answers rows of any JSON at all", async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.string({ unit: "binary" }),
      fc.constantFrom(1e308, -0, 2 ** 53, ""),
    );
    const odd = fc.record(
      {
        id: value,
        time: value,
        release: value,
        probability: value,
        inputs: fc.dictionary(fc.oneof(fc.constantFrom("origin", "distance", "departure"), fc.string()), value),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 5 }), fc.constantFrom(...addresses), async (rows, address) => {
        await fire({ address, type: "application/json", encoding: "identity", body: bytes(JSON.stringify({ rows })) });
      }),
      { numRuns: 1_000_000, interruptAfterTimeLimit: limitMs / 2, markInterruptAsFailure: false },
    );
  });

  it("still works afterwards, in bounded memory, with all that was taken in its tables", async () => {
    const receipt = await house.client.call("sendPredictions", {
      path: { system: "flight-delay" },
      body: { rows: [{ ...row, id: "last" }] },
    });
    expect(receipt.accepted).toBe(1);
    const { predictions } = await settled(house.client);
    expect(predictions.stored).toBeGreaterThanOrEqual(5);
    const { memoryBytes, parts } = await house.client.call("status");
    expect(memoryBytes).toBeLessThan(1_500_000_000);
    expect(parts.filter((part) => !part.ready)).toEqual([]);
    expect(house.errors()).not.toContain('"code":"internal"');
  });
});
