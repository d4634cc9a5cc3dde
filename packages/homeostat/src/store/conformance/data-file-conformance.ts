import { createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import type { LabelledVector, TrainingSplit } from "../../domain/dataset/dataset-files.ts";
import { hourMs } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataBench } from "./data-bench.ts";
import { at, firstWindow, sampleShop, vectorOf } from "./data-sample.ts";
import { openShelf } from "./data-shelf-scene.ts";

const heldOutFrom = firstWindow + 10 * hourMs;
const everything: TrainingSplit = { timeField: "sold", heldOutFrom, maxTrainingRows: 1e9 };

/** 200 rows over 20 hours; `pieces` holds amounts and `amount` pieces, as the sample's contract has it. */
const plainRows = `SELECT toDateTime64('2026-03-01 10:00:00.123', 3, 'UTC') + toIntervalMinute(6 * number) AS sold,
  toInt64(number % 4) AS amount, number / 8 AS pieces,
  CAST(['tea', 'a,b', 'say "hi"', 'line\\nfeed', '', '東京😀', NULL, ' x '][number % 8 + 1] AS Nullable(String)) AS label,
  CAST(number % 2 AS Bool) AS card, CAST(if(number % 10 = 9, NULL, number % 3) AS Nullable(Float64)) AS \`came back\`
  FROM numbers(200)`;

let made = 0;

/** Datasets against their port. */
export function fileConformance(bench: () => DataBench): void {
  const system = sampleShop("files");
  const house = () => openShelf(bench().place);
  const files = () => house().files;

  async function parquet(select: string, compression = "zstd"): Promise<string> {
    made += 1;
    const path = join(bench().place.directory, `upload-${made}.parquet`);
    const format = "Parquet" as "CSVWithNames";
    const bytes = await bench().place.files.stream(
      select,
      format,
      {},
      {
        output_format_parquet_compression_method: compression as "zstd",
      },
    );
    await pipeline(Readable.from(bytes), createWriteStream(path));
    return path;
  }
  const taken = (path: string) =>
    house().shelf.fromFiles(system, [{ path, name: "sent", files: [] }], "tester", async () => undefined);
  async function ingested(select: string, compression?: string): Promise<string> {
    const answer = await taken(await parquet(select, compression));
    if (answer.kind === "refused") throw new Error(answer.message);
    return answer.dataset.digest;
  }

  describe("taken in", () => {
    it("have the digest of their names and values, whatever the order, compression, width and nullability", async () => {
      const digest = await ingested(plainRows);
      expect(digest).toMatch(/^ds-[0-9a-f]{64}$/);
      const same = [
        `SELECT * FROM (${plainRows}) ORDER BY cityHash64(sold)`,
        `SELECT card, \`came back\`, label, pieces, amount, sold FROM (${plainRows})`,
        `SELECT sold, toNullable(toInt16(amount)) AS amount, pieces, label, card, \`came back\` FROM (${plainRows})`,
      ];
      for (const select of same) expect(await ingested(select)).toBe(digest);
      expect(await ingested(plainRows, "none")).toBe(digest);
      const others = [
        `${plainRows} UNION ALL SELECT * FROM (${plainRows}) LIMIT 1`,
        `SELECT * REPLACE (if(label = '', NULL, label) AS label) FROM (${plainRows})`,
        `SELECT * REPLACE (if(amount = 3, 2, amount) AS amount) FROM (${plainRows})`,
        `SELECT *, 1 AS extra FROM (${plainRows})`,
      ];
      const digests = [digest];
      for (const select of others) digests.push(await ingested(select));
      expect(new Set(digests).size).toBe(others.length + 1);
      expect(await files().count(system, digest)).toBe(200);
    });

    it("are refused with the reason when columns are missing, rows are missing or the bytes are something else", async () => {
      const refused = taken;
      expect(await refused(await parquet(`SELECT sold, label AS amount FROM (${plainRows})`))).toMatchObject({
        kind: "refused",
        reason: "missing-columns",
        message: expect.stringContaining("pieces (field amount)"),
      });
      expect(await refused(await parquet(`${plainRows} LIMIT 0`))).toMatchObject({ kind: "refused", reason: "empty" });
      const path = join(bench().place.directory, "text.parquet");
      await writeFile(path, "these are no rows");
      expect(await refused(path)).toMatchObject({ kind: "refused", reason: "unreadable" });
    });
  });

  describe("as training rows", () => {
    it("are a fixed part of the rows before the hold-out, and disjoint from what measures the model", async () => {
      const digest = await ingested(plainRows);
      const half = { ...everything, maxTrainingRows: 40 };
      const all = await vectors(files().labelledVectors(system, digest, everything));
      const some = await vectors(files().labelledVectors(system, digest, half));
      expect(all.map((row) => row.time)).toEqual(some.map((row) => row.time));
      expect(all.length).toBe(180);
      for (const row of all) expect(row.trainedOn).toBe(row.time < heldOutFrom);
      const trained = some.filter((row) => row.trainedOn);
      expect(trained.every((row) => row.time < heldOutFrom)).toBe(true);
      expect(trained.length).toBeGreaterThan(15);
      expect(trained.length).toBeLessThan(70);
      const csv = join(bench().place.directory, "training.csv");
      expect(await files().writeTrainingCsv(system, digest, half, csv)).toEqual({ rows: trained.length });
      const first = await readFile(csv, "utf8");
      const shuffled = await ingested(`SELECT * FROM (${plainRows}) ORDER BY cityHash64(sold)`);
      await files().writeTrainingCsv(system, shuffled, half, csv);
      expect(await readFile(csv, "utf8")).toBe(first);
    });

    it("carry inputs to the millisecond, the vector of the pipeline and the outcome", async () => {
      const [first, second] = await vectors(files().labelledVectors(system, await ingested(plainRows), everything));
      expect(first?.inputs).toEqual({
        sold: "2026-03-01T10:00:00.123Z",
        amount: 0,
        pieces: 0,
        label: "tea",
        card: false,
      });
      expect(second).toMatchObject({ time: Date.parse("2026-03-01T10:06:00.123Z"), outcome: true, trainedOn: true });
      for (const row of [first, second]) expect(row?.vector).toEqual(vectorOf(row?.inputs ?? {}));
    });

    it("are written as CSV in which commas, quotes, line feeds, empty texts and missing values are told apart", async () => {
      const csv = join(bench().place.directory, "quoted.csv");
      const digest = await ingested(`${plainRows} LIMIT 8`);
      const labels: System = {
        ...system,
        pipeline: { ...system.pipeline, features: [at(system.pipeline.features, 4)] },
      };
      expect(await files().writeTrainingCsv(labels, digest, everything, csv)).toEqual({ rows: 8 });
      const lines = (await readFile(csv, "utf8")).split("\n");
      expect(lines.shift()).toBe('"label","outcome"');
      const text = lines.join("\n");
      for (const cell of ['"tea",', '"a,b",', '"say ""hi""",', '"line\nfeed",', '"",', '"東京😀",', '" x ",'])
        expect(text).toContain(cell);
      expect(text).toMatch(/^,"(true|false)"$/m);
    });
  });
}

async function vectors(batches: AsyncIterable<readonly LabelledVector[]>): Promise<readonly LabelledVector[]> {
  const rows: LabelledVector[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}
