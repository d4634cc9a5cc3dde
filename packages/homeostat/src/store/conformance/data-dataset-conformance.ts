import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../domain/dataset/dataset.ts";
import type { PredictionQuery } from "../../domain/dataset/dataset-shelf.ts";
import { contentText } from "../../domain/dataset/manifest.ts";
import { hourMs } from "../../domain/instant.ts";
import { predictionLine } from "../../domain/prediction/prediction.ts";
import { sha256 } from "../data/dataset-parts.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";
import { lineOfOutcome } from "./data-scene.ts";
import { openShelf } from "./data-shelf-scene.ts";

const quiet = async (): Promise<void> => undefined;

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the test expects it to be there");
  return value;
}

/** Every kind of column, with the values that are easily lost. */
const oddRows = `SELECT toDateTime64('2026-03-01 10:00:00.123456', 6, 'UTC') + toIntervalSecond(number) AS sold,
  [0.1, -0.0, 1e-7, 1e22, nan, inf, 1.2345678901234568e17, NULL][number % 8 + 1] AS pieces,
  CAST(['9007199254740993', '-9223372036854775808', '0', NULL][number % 4 + 1] AS Nullable(Int64)) AS amount,
  CAST(['tea', 'a,b', 'say "hi"', 'line\\nfeed', '', '東京😀', NULL, 'a\u2028b', '"erased"', 'back\\\\slash'][number % 10 + 1] AS Nullable(String)) AS label,
  CAST(number % 2 AS Bool) AS card, toDate32('1950-01-01') + number AS day, CAST(if(number % 10 = 9, NULL, number % 3) AS Nullable(Float64)) AS \`came back\`,
  toUInt64(18446744073709551615 - number) AS huge
  FROM numbers(40)`;

/** Datasets as manifests, against their port. */
export function datasetConformance(bench: () => DataBench): void {
  let made = 0;
  const folder = (): string => {
    made += 1;
    return `shelf-${made}`;
  };
  async function parquet(select: string): Promise<string> {
    made += 1;
    const path = join(bench().place.directory, `sent-${made}.parquet`);
    await pipeline(await bench().place.files.stream(select, "Parquet"), createWriteStream(path));
    return path;
  }
  const shop = sampleShop("snapshots", { entity: "label" });
  async function ofFile(scene: ReturnType<typeof openShelf>, select: string): Promise<Dataset> {
    const path = await parquet(select);
    const making = await scene.shelf.fromFiles(shop, [{ path, name: "rows", files: [] }], "tester", quiet);
    if (making.kind === "refused") throw new Error(making.message);
    await scene.datasets.save(making.dataset);
    return making.dataset;
  }

  describe("of files", () => {
    it("have the same digest wherever and whenever they are made", async () => {
      const scene = openShelf(bench().place, folder());
      const dataset = await ofFile(scene, oddRows);
      // Written down on another day: if this changes, every dataset of every user gets another name.
      expect(dataset.digest).toBe("ds-ec408e55020e720c4006c29e1059574a0ead5fd1f89e72fdc4ae125d58a9b48f");
      const manifest = await scene.shelf.manifest(shop, dataset);
      expect(`ds-${sha256(contentText(manifest))}`).toBe(dataset.digest);
    });

    it("give back every value", async () => {
      const scene = openShelf(bench().place, folder());
      const dataset = await ofFile(scene, oddRows);
      const path = join(bench().place.directory, "back.parquet");
      await scene.shelf.export(shop, dataset, "parquet", path);
      const columns = "sold, pieces + 0 AS pieces, amount, label, card, day, `came back`, huge";
      const sum = async (from: string, parameters = {}) =>
        bench().place.files.rows(
          `SELECT count() AS n, sum(cityHash64(toString(tuple(${columns})))) AS h FROM ${from}`,
          parameters,
        );
      expect(await sum("file({path:String}, 'Parquet')", { path })).toEqual(await sum(`(${oddRows})`));
      for (const format of ["csv", "ndjson", "arrow"] as const) {
        await scene.shelf.export(shop, dataset, format, `${path}.${format}`);
        const engine = { csv: "CSVWithNames", ndjson: "JSONEachRow", arrow: "Arrow" }[format];
        const [row] = await bench().place.files.rows<{ n: string }>(
          `SELECT count() AS n FROM file({path:String}, '${engine}')`,
          { path: `${path}.${format}` },
        );
        expect(Number(row?.n)).toBe(40);
      }
    });

    it("say what their columns hold", async () => {
      const scene = openShelf(bench().place, folder());
      const dataset = await ofFile(
        scene,
        `SELECT toDateTime64('2026-03-01 10:00:00', 3, 'UTC') AS sold, number AS amount, toFloat64(number) AS pieces,
         if(number < 30, 'tea', if(number < 39, 'milk', NULL)) AS label, true AS card, 0 AS \`came back\` FROM numbers(40)`,
      );
      const { statistics } = await scene.shelf.manifest(shop, dataset);
      const of = (name: string) => statistics.find((column) => column.name === name);
      expect(of("pieces")).toMatchObject({ kind: "number", nulls: 0, distinct: 40, min: "0", max: "39" });
      expect(of("pieces")?.quantiles?.[2]).toBe(19.5);
      expect(of("label")).toMatchObject({
        nulls: 1,
        distinct: 2,
        top: [
          { value: "tea", rows: 30 },
          { value: "milk", rows: 9 },
        ],
      });
    });

    it("are cut into parts of bounded rows, and every byte that is changed or missing is found", async () => {
      const scene = openShelf(bench().place, folder());
      const dataset = await ofFile(
        scene,
        `SELECT toDateTime64('2026-03-01 10:00:00', 3, 'UTC') + toIntervalSecond(number) AS sold, number AS amount,
         number AS pieces, 'tea' AS label, true AS card, 0 AS \`came back\` FROM numbers(70000)`,
      );
      const { parts } = await scene.shelf.manifest(shop, dataset);
      expect(parts.map(({ rows }) => rows)).toEqual([65_536, 4_464]);
      const check = async () =>
        scene.shelf.verify(shop, required(await scene.datasets.get(shop.name, dataset.digest)), quiet);
      expect(await check()).toMatchObject({ state: "ok", manifest: "ok", source: { state: "not-checked" } });
      const key = required(parts[1]).stored.key;
      const bytes = required(await scene.blobs.get(key));
      for (const position of [0, 3, 9, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Uint8Array.from(bytes);
        changed[position] = required(changed[position]) ^ 1;
        await scene.blobs.put(key, changed);
        expect(await check()).toMatchObject({ state: "corrupt", parts: [{ state: "ok" }, { state: "corrupt" }] });
      }
      await scene.blobs.put(key, bytes.subarray(0, bytes.length - 1));
      expect((await check()).state).toBe("corrupt");
      await scene.blobs.delete(key);
      expect(await check()).toMatchObject({
        state: "missing",
        parts: [{ state: "ok" }, { state: "missing", part: 1 }],
      });
      await expect(scene.files.count(shop, dataset.digest)).rejects.toThrow(/part 1 is missing/);
      await scene.blobs.put(key, bytes);
      expect((await check()).state).toBe("ok");

      const manifest = `${shop.name}/${dataset.digest}/manifest.json`;
      const text = Buffer.from(required(await scene.blobs.get(manifest))).toString("utf8");
      await scene.blobs.put(manifest, Buffer.from(text.replace('"createdBy": "tester"', '"createdBy": "somebody"')));
      expect(await check()).toMatchObject({ state: "corrupt", manifest: "corrupt" });
      await scene.blobs.put(manifest, Buffer.from(text.replace('"rows": 70000', '"rows": 70001')));
      expect(await check()).toMatchObject({ state: "corrupt", manifest: "corrupt" });
      await scene.blobs.delete(manifest);
      expect(await check()).toMatchObject({ state: "missing", manifest: "missing" });
    });

    it("made by a release before manifests keep their name, are trained on, and get a manifest", async () => {
      const place = folder();
      const scene = openShelf(bench().place, place);
      const name = `ds-${"0".repeat(64)}`;
      await mkdir(join(bench().place.directory, place), { recursive: true });
      await copyFile(await parquet(oddRows), join(bench().place.directory, place, `${name}.parquet`));
      const old: Dataset = { digest: name, system: shop.name, rows: 40, columns: [], createdAt: 5 };
      await scene.datasets.save(old);
      expect(await scene.files.count(shop, name)).toBe(40);
      const manifest = await scene.shelf.manifest(shop, old);
      expect(manifest).toMatchObject({ name, rows: 40, createdAt: 5 });
      const known = required(await scene.datasets.get(shop.name, name));
      expect(await scene.shelf.verify(shop, known, quiet)).toMatchObject({ state: "ok" });
      expect(await scene.files.count(shop, name)).toBe(40);
      await expect(readFile(join(bench().place.directory, place, `${name}.parquet`))).rejects.toThrow(/ENOENT/);
    });

    it("are refused where text is not UTF-8, or where files have other columns", async () => {
      const scene = openShelf(bench().place, folder());
      const broken = await parquet(`SELECT * REPLACE (unhex('ff') AS label) FROM (${oddRows})`);
      const other = await parquet(`SELECT *, 1 AS extra FROM (${oddRows})`);
      const plain = await parquet(oddRows);
      const make = (...paths: readonly string[]) =>
        scene.shelf.fromFiles(
          shop,
          paths.map((path) => ({ path, name: path, files: [] })),
          "tester",
          quiet,
        );
      expect(await make(broken)).toMatchObject({ kind: "refused", reason: "unreadable", message: /label/ });
      expect(await make(plain, other)).toMatchObject({ kind: "refused", reason: "other-columns", message: /extra/ });
      const twice = await make(plain, plain);
      expect(twice).toMatchObject({ kind: "made", dataset: { rows: 80 } });
    });
  });

  describe("of predictions", () => {
    const system = sampleShop("predicted", { entity: "label" });
    const query: PredictionQuery = {
      since: firstWindow,
      until: firstWindow + 2 * hourMs,
      where: undefined,
      labelledOnly: false,
      receivedUntil: firstWindow + 10 * hourMs,
    };
    const rows = Array.from({ length: 60 }, (_, n) => ({
      id: `p-${n}`,
      time: firstWindow + n * 120_000,
      label: n % 3 === 0 ? "ann" : "bob",
    }));
    async function told(name: string) {
      const told = { ...system, name };
      await bench().events.ensureTables(told);
      const lines = rows.map(({ id, time, label }) =>
        predictionLine(samplePrediction(id, { time, inputs: inputsAt(time, { label }) })),
      );
      await bench().events.storePredictions(told, blocksOf(...lines));
      const outcomes = rows.slice(0, 40).map(({ id, time }, n) => lineOfOutcome(id, n % 2 === 0, time));
      await bench().events.storeOutcomes(told, blocksOf(...outcomes));
      return told;
    }

    it("hold the outcome that was known at the cut-off, and are the same whenever they are asked for", async () => {
      const shop = await told("asked");
      const scene = openShelf(bench().place, folder());
      const first = await scene.shelf.fromPredictions(shop, query, "tester", quiet);
      if (first.kind === "refused") throw new Error(first.message);
      expect(first.dataset).toMatchObject({ rows: 60, kind: "predictions" });
      const outcome = first.manifest.statistics.find(({ name }) => name === "outcome");
      expect(outcome?.nulls).toBe(20);
      expect(first.manifest.origin).toMatchObject({ watermark: rows.at(-1)?.time, receivedUntil: query.receivedUntil });

      await bench().events.storeOutcomes(shop, blocksOf(lineOfOutcome("p-59", true, firstWindow + 20 * hourMs)));
      const again = await openShelf(bench().place, folder()).shelf.fromPredictions(shop, query, "other", quiet);
      expect(again).toMatchObject({ dataset: { digest: first.dataset.digest } });
      const later = await scene.shelf.fromPredictions(
        shop,
        { ...query, receivedUntil: firstWindow + 30 * hourMs },
        "tester",
        quiet,
      );
      expect(later.kind === "made" && later.dataset.digest).not.toBe(first.dataset.digest);
    });

    it("hold the rows asked for, and no others", async () => {
      const shop = await told("filtered");
      const { shelf } = openShelf(bench().place, folder());
      const made = async (change: Partial<PredictionQuery>) => {
        const answer = await shelf.fromPredictions(shop, { ...query, ...change }, "tester", quiet);
        return answer.kind === "made" ? answer.dataset.rows : answer.reason;
      };
      expect(await made({ where: "label = 'ann'" as never })).toBe(20);
      expect(await made({ labelledOnly: true })).toBe(40);
      expect(await made({ until: firstWindow + hourMs })).toBe(30);
      expect(await made({ since: firstWindow + 3 * hourMs, until: firstWindow + 4 * hourMs })).toBe("empty");
    });

    it("can be trained on: inputs as they came, features of the pipeline, outcomes as they were received", async () => {
      const shop = await told("trained-on");
      const scene = openShelf(bench().place, folder());
      const making = await scene.shelf.fromPredictions(shop, { ...query, labelledOnly: true }, "tester", quiet);
      if (making.kind === "refused") throw new Error(making.message);
      const split = { timeField: "sold", heldOutFrom: firstWindow + hourMs, maxTrainingRows: 1e9 };
      const vectors = [];
      for await (const batch of scene.files.labelledVectors(shop, making.dataset.digest, split)) vectors.push(...batch);
      expect(vectors).toHaveLength(40);
      expect(vectors[1]).toMatchObject({
        time: rows[1]?.time,
        outcome: false,
        trainedOn: true,
        inputs: { label: "bob", amount: 12.5, pieces: 2 },
      });
      const csv = join(bench().place.directory, "received.csv");
      expect(await scene.files.writeTrainingCsv(shop, making.dataset.digest, split, csv)).toEqual({ rows: 30 });
      expect((await readFile(csv, "utf8")).split("\n")[0]).toContain('"outcome"');
    });

    it("notice when the event tables no longer hold their rows", async () => {
      const shop = await told("dropped");
      const scene = openShelf(bench().place, folder());
      const making = await scene.shelf.fromPredictions(shop, query, "tester", quiet);
      if (making.kind === "refused") throw new Error(making.message);
      expect((await scene.shelf.verify(shop, making.dataset, quiet)).source).toEqual({ state: "same" });
      await bench().place.client.command(
        "ALTER TABLE predictions_dropped DELETE WHERE id = 'p-1' SETTINGS mutations_sync = 2",
      );
      expect(await scene.shelf.verify(shop, making.dataset, quiet)).toMatchObject({
        state: "ok",
        source: { state: "missing", reason: "59 of 60 rows are still in the event tables" },
      });
    });

    it("lose one subject's rows and say so: erased, never corrupt", async () => {
      const shop = await told("forgotten");
      const scene = openShelf(bench().place, folder());
      const making = await scene.shelf.fromPredictions(shop, query, "tester", quiet);
      if (making.kind === "refused") throw new Error(making.message);
      const { digest } = making.dataset;
      await scene.datasets.save(making.dataset);
      const before = await scene.blobs.list("forgotten/");
      const subject = { entity: "ann", hash: "h", at: 77 };
      expect(await scene.shelf.erase(shop, making.dataset, subject)).toEqual({ rows: 20 });
      const known = required(await scene.datasets.get("forgotten", digest));
      expect(known.erasedRows).toBe(20);
      expect(await scene.shelf.verify(shop, known, quiet)).toMatchObject({
        dataset: digest,
        state: "erased",
        erasedRows: 20,
        manifest: "ok",
        parts: [{ state: "erased", rows: 20 }],
        source: { state: "missing" },
      });
      expect(await scene.files.count(shop, digest)).toBe(40);
      const after = await scene.blobs.list("forgotten/");
      expect(after).toHaveLength(before.length);
      expect(after).not.toEqual(before);
      const manifest = await scene.shelf.manifest(shop, known);
      expect(JSON.stringify(manifest)).not.toContain("ann");
      expect(manifest.erasures).toMatchObject([{ at: 77, subject: "h", part: 0 }]);
      expect(manifest.erasures[0]?.positions).toHaveLength(20);

      expect(await scene.shelf.erase(shop, known, subject)).toEqual({ rows: 0 });
      expect(await scene.shelf.erase(shop, known, { ...subject, entity: "bob", hash: "h2" })).toEqual({ rows: 40 });
      const empty = required(await scene.datasets.get("forgotten", digest));
      expect(await scene.shelf.verify(shop, empty, quiet)).toMatchObject({ state: "erased", erasedRows: 60 });
      const path = join(bench().place.directory, "nothing.csv");
      await writeFile(path, "x");
      await scene.shelf.export(shop, empty, "csv", path);
      expect(await readFile(path, "utf8")).toBe("");

      const remade = await scene.shelf.fromPredictions(shop, query, "tester", quiet);
      expect(remade).toMatchObject({ kind: "refused", reason: "rows-erased" });
    });
  });
}
