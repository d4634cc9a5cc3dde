import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createEngineHttp } from "./engine-http.ts";
import { type FileQuery, type FileReader, openFile } from "./read-file.ts";
import { startEngine } from "./supervise-engine.ts";

const scratch = mkdtempSync(join(tmpdir(), "homeostat-file's test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function batchesOf(reader: FileReader, query: FileQuery): Promise<{ sizes: number[]; rows: unknown[] }> {
  const sizes: number[] = [];
  const rows: unknown[] = [];
  for await (const batch of reader.rows(query)) {
    sizes.push(batch.rows);
    rows.push(
      ...batch.ndjson
        .toString("utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    );
  }
  return { sizes, rows };
}

describe("openFile", () => {
  it("describes a file and gives its rows in batches of whole lines", async () => {
    const path = join(scratch, "rows.csv");
    writeFileSync(
      path,
      `id,at,name\n${Array.from({ length: 25 }, (_, n) => `${n},2026-01-01 00:00:${10 + n},n${n}`).join("\n")}\n`,
    );
    const reader = await openFile(path);
    try {
      expect(reader.columns.map((column) => column.name)).toEqual(["id", "at", "name"]);
      const all = await batchesOf(reader, { batchRows: 10 });
      expect(all.sizes).toEqual([10, 10, 5]);
      expect(all.rows[3]).toEqual({ id: 3, at: "2026-01-01T00:00:13Z", name: "n3" });
    } finally {
      await reader.close();
    }
  });

  it("selects, filters and orders by checked expressions over its columns", async () => {
    const path = join(scratch, "rows.ndjson");
    writeFileSync(path, [3, 1, 2, 4].map((id) => JSON.stringify({ id, "odd name": `n${id}` })).join("\n"));
    const reader = await openFile(path);
    try {
      const where = await reader.check("id % 4 != 0");
      expect(await reader.check("(select 1)")).toMatchObject({ kind: "refused", reason: "subquery" });
      if (where.kind === "refused") throw new Error(where.message);
      const { rows } = await batchesOf(reader, {
        select: [{ name: "id", expression: reader.column("odd name") }],
        where: where.expression,
        orderBy: reader.column("id"),
        limit: 2,
      });
      expect(rows).toEqual([{ id: "n1" }, { id: "n2" }]);
    } finally {
      await reader.close();
    }
  });

  it("reads Parquet and can be left in the middle", async () => {
    const path = join(scratch, "rows.parquet");
    const engine = await startEngine({ memoryLimitBytes: 1_000_000_000 });
    const http = createEngineHttp(engine.address);
    writeFileSync(path, await http.query({ sql: "SELECT number AS id FROM numbers(300000) FORMAT Parquet" }));
    await http.close();
    await engine.stop(1_000);
    const reader = await openFile(path);
    try {
      for await (const batch of reader.rows({})) {
        expect(batch.rows).toBe(10_000);
        break;
      }
      let rows = 0;
      for await (const batch of reader.rows({})) rows += batch.rows;
      expect(rows).toBe(300_000);
    } finally {
      await reader.close();
    }
  });

  it("says why a file cannot be read", async () => {
    const bad = join(scratch, "bad.parquet");
    writeFileSync(bad, "hello");
    for (const path of [join(scratch, "missing.csv"), join(scratch, "no.ending"), bad]) {
      await expect(openFile(path)).rejects.toMatchObject({ code: "artifact-unreadable", detail: { path } });
    }
  });
});
