import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import type { ColumnarFormat, FileArrival, SpooledFile } from "../../domain/columnar/columnar.ts";
import { hourMs } from "../../domain/instant.ts";
import type { QuarantineStream } from "../../domain/quarantine/quarantine.ts";
import type { System } from "../../domain/system/system.ts";
import { createColumnarReader } from "../data/columnar-reader.ts";
import { createEventStore } from "../data/event-store.ts";
import type { FileDoor } from "../data/stage-rows.ts";
import type { DataBench } from "./data-bench.ts";
import { firstWindow, sampleShop } from "./data-sample.ts";
import { sampleHash } from "./data-shelf-scene.ts";

const receivedAt = firstWindow + 48 * hourMs;
const time = "toDateTime64('2026-03-01 10:00:00.123', 3, 'UTC') + toIntervalSecond(number)";
/** Columns of a good row; `sold` is text here. */
const good: Readonly<Record<string, string>> = {
  id: "concat('c-', toString(number))",
  time,
  release: "'r1'",
  probability: "number / 1000",
  sold: "concat(formatDateTime(toDateTime('2026-03-01 10:00:00', 'UTC'), '%Y-%m-%dT%H:%i:%S', 'UTC'), '+02:00')",
  amount: "toFloat32(number / 4)",
  pieces: "toInt64(9223372036854775807 - number)",
  label: "CAST(['tea', 'O''Hare \"x\"', '😀', NULL][number % 4 + 1] AS LowCardinality(Nullable(String)))",
  card: "number % 2 = 0",
};

let made = 0;

/** Tables of rows: checked in the file, and stored from the file. */
export function columnarConformance(bench: () => DataBench): void {
  const reader = () => createColumnarReader(bench().place.files);
  const pathOf = (name: string): string => join(bench().place.directory, name);
  const doorOf = (reaches: FileDoor["reaches"]): FileDoor => ({ pathOf, files: bench().place.files, reaches });

  async function table(columns: Readonly<Record<string, string>>, rows: number, format: ColumnarFormat = "Parquet") {
    made += 1;
    const name = `table-${made}`;
    const selected = Object.entries(columns).map(([column, sql]) => `${sql} AS \`${column.replaceAll("`", "\\`")}\``);
    const select = `SELECT ${selected.join(", ")} FROM numbers(${rows})`;
    const bytes = await bench().place.files.stream(select, format as "CSVWithNames");
    await pipeline(bytes, createWriteStream(pathOf(name)));
    expect((await stat(pathOf(name))).size).toBeGreaterThan(0);
    return name;
  }

  async function check(
    system: System,
    name: string,
    format: ColumnarFormat = "Parquet",
    stream: QuarantineStream = "predictions",
  ) {
    const arrival = { stream, format, receivedAt, caller: "o'key", environment: "test" } as const;
    return reader().check(pathOf(name), system, arrival);
  }

  async function arrivalOf(system: System, name: string, format?: ColumnarFormat, stream?: QuarantineStream) {
    const checked = await check(system, name, format, stream);
    if (checked.kind === "refused") throw new Error(`${checked.message} ${JSON.stringify(checked.issues)}`);
    return checked;
  }
  const spooled = (name: string, arrival: FileArrival): SpooledFile => ({ ...arrival, name });

  describe.each(["the-store", "the-file-only"] as const)("through a connection that reaches %s", (reaches) => {
    it.each(["Parquet", "ArrowStream", "Arrow"] as const)(
      "come from %s into the event table, once, digit by digit",
      async (format) => {
        if (reaches === "the-store" && bench().place.filesReachStore !== true) return;
        const system = sampleShop(`table-${format.toLowerCase()}-${reaches === "the-store" ? "in" : "across"}`);
        const events = createEventStore(bench().place.client, { now: () => receivedAt }, doorOf(reaches), sampleHash);
        await events.ensureTables(system);
        const name = await table({ ...good, cohort: "'app'", latencyMs: "1.5" }, 1_000, format);
        const { arrival, accepted, refusedCount, newestTime } = await arrivalOf(system, name, format);
        expect([accepted, refusedCount, newestTime]).toEqual([1_000, 0, Date.parse("2026-03-01T10:16:39.123Z")]);
        expect(await events.storeFile(system, spooled(name, arrival))).toMatchObject({
          stored: 1_000,
          duplicates: 0,
          touched: [firstWindow],
        });
        await bench().place.crash();
        expect(await events.storeFile(system, spooled(name, arrival))).toMatchObject({
          stored: 0,
          duplicates: 1_000,
          touched: [firstWindow],
        });
        const [row] = await bench().place.client.rows(
          `SELECT toString(i_pieces) AS pieces, i_label, i_card, toString(i_sold) AS sold, i_amount, caller, cohort, environment, served_by,
           latency_ms, toString(time) AS t, vector_seen, f_per_piece IS NOT NULL AS computed, s_label
         FROM predictions_${system.name.replaceAll("-", "_")} WHERE id = 'c-5'`,
        );
        expect(row).toEqual({
          ...{ pieces: "9223372036854775802", i_label: 'O\'Hare "x"', i_card: false, sold: "2026-03-01 08:00:00.000" },
          ...{
            i_amount: 1.25,
            caller: "o'key",
            cohort: "app",
            environment: "test",
            served_by: "elsewhere",
            latency_ms: 1.5,
          },
          ...{ t: "2026-03-01 10:00:05.123", vector_seen: 0, computed: 1, s_label: 'O\'Hare "x"' },
        });
      },
    );
  });

  it("are read by the contract's names or the owner's, with columns that are left out missing", async () => {
    const system = sampleShop("table-names");
    const events = createEventStore(
      bench().place.client,
      { now: () => receivedAt },
      doorOf("the-file-only"),
      sampleHash,
    );
    await events.ensureTables(system);
    const { amount: _, pieces: __, sold: ___, ...rest } = good;
    // "pieces" alone: the field of that name, although the owner calls the amount so.
    const name = await table({ ...rest, pieces: "toUInt8(3)" }, 2);
    const { arrival } = await arrivalOf(system, name);
    await events.storeFile(system, spooled(name, arrival));
    expect(
      await bench().place.client.rows("SELECT i_pieces, i_amount, i_sold FROM predictions_table_names LIMIT 1"),
    ).toEqual([{ i_pieces: expect.anything(), i_amount: 3, i_sold: null }]);
  });

  it("name each row that cannot be taken, with what it would have been as JSON, and store the others", async () => {
    const system = sampleShop("table-refused");
    const events = createEventStore(
      bench().place.client,
      { now: () => receivedAt },
      doorOf("the-file-only"),
      sampleHash,
    );
    await events.ensureTables(system);
    const at = (n: number, bad: string, otherwise: string) => `if(number = ${n}, ${bad}, ${otherwise})`;
    const name = await table(
      {
        ...good,
        id: at(1, "''", at(2, "repeat('x', 201)", "concat('c-', toString(number))")),
        time: at(3, "toDateTime64('2026-03-03 10:05:01', 3, 'UTC')", time),
        probability: at(4, "1.5", at(5, "nan", "0.5")),
        sold: at(6, "'2026-03-01 10:00:00'", good.sold ?? ""),
        amount: at(7, "inf", at(8, "nan", "1.5")),
        label: at(9, "unhex('ff')", "'tea'"),
        pieces: at(10, "toUInt64(18446744073709551615)", "toUInt64(9007199254740993)"),
      },
      12,
    );
    const { arrival, accepted, rejected, refusedCount } = await arrivalOf(system, name);
    expect([accepted, refusedCount]).toEqual([3, 9]);
    expect(rejected.map(({ row, path }) => [row, path])).toEqual([
      [2, "id"],
      [3, "id"],
      [4, "time"],
      [5, "probability"],
      [6, "probability"],
      [7, "inputs.sold"],
      [8, "inputs.amount"],
      [10, "inputs.label"],
      [11, "inputs.pieces"],
    ]);
    expect(rejected[3]).toMatchObject({ expected: "a number from 0 to 1", found: "1.5" });
    expect(JSON.parse(rejected[3]?.payload ?? "")).toMatchObject({
      id: "c-4",
      probability: 1.5,
      time: "2026-03-01T10:00:04.123Z",
    });
    expect(rejected[3]?.payload).toContain('"pieces":9007199254740993');
    expect(await events.storeFile(system, spooled(name, arrival))).toMatchObject({ stored: 3 });
    const ids = await bench().place.client.rows<{ id: string }>("SELECT id FROM predictions_table_refused ORDER BY id");
    expect(ids.map(({ id }) => id)).toEqual(["c-0", "c-11", "c-8"]);
    let text = "";
    for await (const block of await events.linesOfFile(system, spooled(name, arrival)))
      text += Buffer.from(block).toString();
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id)
        .sort(),
    ).toEqual(["c-0", "c-11", "c-8"]);
  });

  it("are refused as a whole when columns are missing, of another type or not known, or nothing can be read", async () => {
    const system = sampleShop("table-columns");
    const { probability: _, ...without } = good;
    const name = await table({ ...without, amount: "'much'", "DROP TABLE `x` '": "1", time: "number" }, 3);
    const refused = await check(system, name);
    expect(refused).toMatchObject({ kind: "refused", reason: "columns" });
    expect(refused.kind === "refused" && refused.issues.map(({ path, found }) => [path, found])).toEqual([
      ["time", "the type UInt64"],
      ["probability", "no such column"],
      ["inputs.amount", "the type String"],
      ["DROP TABLE `x` '", "a column that no row has"],
    ]);
    expect(await check(system, await table(good, 0))).toMatchObject({ kind: "refused", reason: "empty" });
    const wrongFormat = await check(system, await table(good, 3, "ArrowStream"));
    expect(wrongFormat).toMatchObject({ kind: "refused", reason: "unreadable" });
    expect(wrongFormat.kind === "refused" && wrongFormat.message).not.toContain(bench().place.directory);
  });

  it("are not taken for stored when the workbench is made anew under them, and are stored the next time", async () => {
    const system = sampleShop("table-lost-bench");
    const { client } = bench().place;
    let losing = true;
    const forgetful = {
      ...client,
      insertLines: async (table: string, blocks: Parameters<typeof client.insertLines>[1]) => {
        await client.insertLines(table, blocks);
        if (losing) await client.command(`TRUNCATE TABLE ${table}`);
        losing = false;
      },
    };
    const events = createEventStore(forgetful, { now: () => receivedAt }, doorOf("the-file-only"), sampleHash);
    await events.ensureTables(system);
    const name = await table(good, 10);
    const { arrival, accepted } = await arrivalOf(system, name);
    for (const file of [spooled(name, arrival), { ...spooled(name, arrival), rows: accepted }]) {
      losing = true;
      await expect(events.storeFile(system, file)).rejects.toMatchObject({ code: "engine-unavailable" });
    }
    expect(await events.storeFile(system, spooled(name, arrival))).toMatchObject({ stored: 10 });
  });

  it("of outcomes are stored once and touch the windows of their predictions", async () => {
    const system = sampleShop("table-outcomes");
    const events = createEventStore(
      bench().place.client,
      { now: () => receivedAt },
      doorOf("the-file-only"),
      sampleHash,
    );
    await events.ensureTables(system);
    const rows = await table(good, 10);
    await events.storeFile(system, spooled(rows, (await arrivalOf(system, rows)).arrival));
    const labels = { predictionId: good.id ?? "", time, value: "if(number = 3, NULL, number % 2 = 0)" };
    const name = await table(labels, 10);
    const { arrival, rejected } = await arrivalOf(system, name, "Parquet", "outcomes");
    expect(rejected.map(({ row, path, payload }) => [row, path, payload])).toEqual([
      [4, "value", '{"predictionId":"c-3","time":"2026-03-01T10:00:03.123Z"}'],
    ]);
    expect(await events.storeFile(system, spooled(name, arrival))).toMatchObject({ stored: 9, touched: [firstWindow] });
    expect(await events.storeFile(system, spooled(name, arrival))).toMatchObject({ stored: 0, duplicates: 9 });
    expect(await events.counts(system)).toMatchObject({ outcomes: 9, joined: 9 });
  });
}
