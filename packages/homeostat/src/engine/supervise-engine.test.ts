import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineAddress } from "../domain/engine/data-engine.ts";
import { type EngineEvent, type SupervisedEngine, startEngine } from "./supervise-engine.ts";

const memoryLimitBytes = 1_000_000_000;
const scratch = mkdtempSync(join(tmpdir(), "homeostat-engine-test-"));
const directory = (name: string): string => join(scratch, name);

function clientOf(address: EngineAddress, changes: Record<string, unknown> = {}): ClickHouseClient {
  return createClient({
    url: address.url,
    username: address.username,
    password: address.password,
    database: address.database,
    log: { level: ClickHouseLogLevel.OFF },
    ...changes,
  });
}

async function rowsOf(client: ClickHouseClient, query: string, more: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await client.query({ query, format: "JSONEachRow", ...more })).json();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (thrown) {
    return String((thrown as { code?: unknown }).code ?? thrown);
  }
}

function bytes(text: string): Readable {
  return Readable.from([Buffer.from(text)], { objectMode: false });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resume) => setTimeout(resume, 20));
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the engine as @clickhouse/client sees it", () => {
  let engine: SupervisedEngine;
  let client: ClickHouseClient;
  let expressions: ClickHouseClient;
  let shipper: ClickHouseClient;

  beforeAll(async () => {
    engine = await startEngine({ dataPath: directory("main"), memoryLimitBytes, fileRoots: [directory("spool")] });
    client = clientOf(engine.address);
    expressions = clientOf(engine.expressions);
    shipper = clientOf(engine.shipper);
    await client.command({
      query:
        "CREATE TABLE t (id Int64, name Nullable(String), at DateTime64(3, 'UTC') DEFAULT 0) ENGINE = MergeTree ORDER BY id",
    });
  });

  afterAll(async () => {
    await Promise.all([client.close(), expressions.close(), shipper.close()]);
    await engine.stop(5_000);
  });

  it("gives values as parameters back unchanged", async () => {
    const text = "it's \\ \n\t\r ‘q’ 😀 {x:String} -- ; drop";
    expect(
      await rowsOf(
        client,
        "SELECT {text:String} AS text, {list:Array(Nullable(String))} AS list, {n:Nullable(Int64)} AS n",
        {
          query_params: { text, list: [text, null], n: null },
        },
      ),
    ).toEqual([{ text, list: [text, null], n: null }]);
  });

  it("takes parameters too long for a URL", async () => {
    const text = "x'y".repeat(50_000);
    expect(
      await rowsOf(client, "SELECT length({text:String}) AS n", { query_params: { text }, use_multipart_params: true }),
    ).toEqual([{ n: 150_000 }]);
  });

  it("refuses a placeholder without a value, whatever the request before it brought", async () => {
    await rowsOf(client, "SELECT {leak:String}", { query_params: { leak: "secret" } });
    for (let n = 0; n < 8; n++) expect(await codeOf(rowsOf(client, "SELECT {leak:String}"))).toBe("456");
  });

  it("inserts rows as JSON objects, as bytes and as a stream, and says how many", async () => {
    const summary = await client.insert({ table: "t", values: [{ id: 1, name: "a'\\\n😀" }], format: "JSONEachRow" });
    expect(summary.summary?.written_rows).toBe("1");
    await client.insert({ table: "t", values: bytes("2,b\n3,\\N\n"), columns: ["id", "name"], format: "CSV" });
    await client.insert({ table: "t", values: bytes("4\tc\n"), columns: ["id", "name"], format: "TabSeparated" });
    await client.insert({
      table: "t",
      values: Readable.from([{ id: 5 }, { id: 6, name: null }]),
      format: "JSONEachRow",
    });
    expect(await rowsOf(client, "SELECT id, name FROM t WHERE id < 10 ORDER BY id")).toEqual([
      { id: 1, name: "a'\\\n😀" },
      { id: 2, name: "b" },
      { id: 3, name: null },
      { id: 4, name: "c" },
      { id: 5, name: null },
      { id: 6, name: null },
    ]);
  });

  it("inserts into names that need quotes", async () => {
    await client.command({ query: "CREATE TABLE `we ird` (`a 'b` String) ENGINE = Memory" });
    await client.exec({
      query: "INSERT INTO `we ird` (`a 'b`) FORMAT JSONEachRow",
      values: bytes(`{"a 'b": "x"}\n`),
    });
    expect(await rowsOf(client, "SELECT * FROM `we ird`")).toEqual([{ "a 'b": "x" }]);
  });

  it("takes rows behind the statement in one body, as other tools send them", async () => {
    const body = `INSERT INTO t (id, name) FORMAT JSONEachRow\n{"id": 30, "name": "it's ; \\"a\\" -- 'b"}\n`;
    await client.command({ query: body });
    expect(await rowsOf(client, "SELECT name FROM t WHERE id = 30")).toEqual([{ name: `it's ; "a" -- 'b` }]);
    await client.command({ query: "INSERT INTO t (id, name) VALUES (31, 'v;')" });
    expect(await rowsOf(client, "SELECT name FROM t WHERE id = 31")).toEqual([{ name: "v;" }]);
  });

  it("speaks gzip both ways", async () => {
    const zipped = clientOf(engine.address, { compression: { request: true, response: true } });
    await zipped.insert({ table: "t", values: [{ id: 20, name: "z".repeat(10_000) }], format: "JSONEachRow" });
    expect(await rowsOf(zipped, "SELECT length(name) AS n FROM t WHERE id = 20")).toEqual([{ n: 10_000 }]);
    await zipped.close();
  });

  it("forgets the settings of a request with the next one", async () => {
    const question = "SELECT getSetting('max_threads') AS threads, getSetting('max_query_size') AS size";
    const before = await rowsOf(client, question);
    await rowsOf(client, question, { clickhouse_settings: { max_threads: 7, max_query_size: "100000" } });
    for (let n = 0; n < 6; n++) {
      const wrong = { clickhouse_settings: { max_threads: 7, no_such: 1 } };
      expect(await codeOf(rowsOf(client, "SELECT 1", wrong))).toBe("115");
      expect(await codeOf(rowsOf(expressions, "SELECT 1", wrong))).toBe("115");
    }
    for (let n = 0; n < 6; n++) expect(await rowsOf(client, question)).toEqual(before);
    expect(
      await rowsOf(expressions, "SELECT getSetting('max_threads') AS n", { clickhouse_settings: { max_threads: 7 } }),
    ).toEqual([{ n: 7 }]);
    expect(await rowsOf(expressions, "SELECT getSetting('max_threads') != 7 AS other")).toEqual([{ other: 1 }]);
  });

  it("does not let SET, USE or a temporary table outlive their statement", async () => {
    await client.command({ query: "SET max_threads = 9" });
    await client.command({ query: "CREATE TEMPORARY TABLE gone (a Int8)" });
    for (let n = 0; n < 6; n++) {
      expect(await rowsOf(client, "SELECT getSetting('max_threads') = 9 AS leaked")).toEqual([{ leaked: 0 }]);
      expect(await codeOf(rowsOf(client, "SELECT * FROM gone"))).toBe("60");
    }
  });

  it("names what is wrong with the code of the engine", async () => {
    expect(await codeOf(rowsOf(client, "SELECT * FROM nothing"))).toBe("60");
    expect(await codeOf(rowsOf(client, "SELEC 1"))).toBe("62");
    expect(await codeOf(rowsOf(client, "SELECT 1; SELECT 2"))).toBe("62");
    expect((await client.ping()).success).toBe(true);
    expect((await client.ping({ select: true })).success).toBe(true);
  });

  it("knows its three callers by their passwords and nobody else", async () => {
    for (const wrong of [{ password: "wrong" }, { username: "default" }, { password: "" }]) {
      const stranger = clientOf(engine.address, wrong);
      expect(await codeOf(rowsOf(stranger, "SELECT 1"))).toBe("516");
      await stranger.close();
    }
    const mixed = clientOf(engine.address, { username: "shipper" });
    expect(await codeOf(rowsOf(mixed, "SELECT 1"))).toBe("516");
    await mixed.close();
    expect((await fetch(`${engine.address.url}/?query=SELECT+1`)).status).toBe(403);
    const { username, password } = engine.address;
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    expect((await fetch(`${engine.address.url}/nothing`, { headers: { authorization: basic } })).status).toBe(404);
    const answer = await fetch(`${engine.address.url}/?query=SELECT+nope`, {
      headers: { "x-clickhouse-user": username, "x-clickhouse-key": password },
    });
    expect([answer.status, answer.headers.get("x-clickhouse-exception-code")]).toEqual([404, "47"]);
  });

  it("lets expressions read tables and nothing more", async () => {
    expect(await codeOf(rowsOf(expressions, "SELECT count() FROM t"))).toBe("done");
    for (const query of [
      "INSERT INTO t (id) VALUES (99)",
      "CREATE TABLE x (a Int8) ENGINE = Memory",
      "DROP TABLE t",
      "ALTER TABLE t DELETE WHERE 1",
      "SET readonly = 0",
    ]) {
      expect(await codeOf(expressions.command({ query })), query).toBe("164");
    }
    const unlocked = { clickhouse_settings: { readonly: "0" } };
    expect(await codeOf(expressions.command({ query: "DROP TABLE t", ...unlocked }))).toBe("164");
    expect(await codeOf(client.command({ query: "DROP TABLE t", clickhouse_settings: { readonly: "1" } }))).toBe("164");
  });

  it("reads files for nobody but the shipper, and for it only below its roots", async () => {
    const { mkdirSync } = await import("node:fs");
    mkdirSync(directory("spool"), { recursive: true });
    const inside = join(directory("spool"), "rows.csv");
    const outside = join(scratch, "secret.csv");
    writeFileSync(inside, "id,name\n70,file\n");
    writeFileSync(outside, "id,name\n71,secret\n");
    const reads = (path: string): readonly string[] => [
      `SELECT * FROM file('${path}', 'CSVWithNames')`,
      `SELECT * FROM default.\`${path}\``,
      `SELECT * FROM \`${path}\``,
      `SELECT file('${path}')`,
    ];
    for (const caller of [client, expressions]) {
      for (const query of [...reads(inside), ...reads(outside)]) {
        expect(["497", "60"], query).toContain(await codeOf(rowsOf(caller, query)));
      }
    }
    for (const query of reads(outside)) expect(["497", "60"], query).toContain(await codeOf(rowsOf(shipper, query)));
    await shipper.command({
      query: "INSERT INTO t (id, name) SELECT id, name FROM file({path:String}, 'CSVWithNames')",
      query_params: { path: inside },
    });
    expect(await rowsOf(client, "SELECT name FROM t WHERE id = 70")).toEqual([{ name: "file" }]);
  });

  it("answers short statements and inserts while long ones hold every general lane", async () => {
    let ended = 0;
    const busy = clientOf(engine.address, { max_open_connections: 20 });
    const long = Array.from({ length: 12 }, () =>
      codeOf(
        rowsOf(busy, "SELECT count() FROM numbers(1000000000000)", { clickhouse_settings: { max_execution_time: 3 } }),
      ).finally(() => ended++),
    );
    await new Promise((resume) => setTimeout(resume, 300));
    expect(await rowsOf(client, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect((await client.ping({ select: true })).success).toBe(true);
    expect(
      await rowsOf(client, "SELECT count() > 0 AS some FROM t", { http_headers: { "X-Homeostat-Lane": "short" } }),
    ).toEqual([{ some: 1 }]);
    await client.insert({ table: "t", values: [{ id: 80 }], format: "JSONEachRow" });
    expect(ended).toBe(0);
    expect(new Set(await Promise.all(long))).toEqual(new Set(["159"]));
    await busy.close();
  }, 60_000);

  it("bounds what calls itself short", async () => {
    const query = "SELECT count() FROM numbers(1000000000000)";
    const marked = { http_headers: { "X-Homeostat-Lane": "short" }, clickhouse_settings: { max_execution_time: 600 } };
    expect(await codeOf(rowsOf(client, query, marked))).toBe("159");
  });

  it("stops a statement whose caller has gone", async () => {
    const controller = new AbortController();
    const query = "SELECT count() FROM numbers(1000000000000)";
    const gone = codeOf(rowsOf(client, query, { abort_signal: controller.signal }));
    const running =
      "SELECT query FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%processes%'";
    while ((await rowsOf(client, running)).length === 0);
    controller.abort();
    await gone;
    while ((await rowsOf(client, running)).length > 0);
    expect(await rowsOf(client, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("refuses a query that would need more memory than it may have, and lives on", async () => {
    const { pid } = engine.state();
    expect(await codeOf(rowsOf(client, "SELECT length(groupArray(number)) FROM numbers(10000000000)"))).toBe("241");
    expect(await rowsOf(client, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(engine.state().pid).toBe(pid);
  });

  it("comes back after SIGKILL on the same address with every acknowledged row", async () => {
    const before = engine.state();
    const acknowledged: number[] = [];
    const url = engine.address.url;
    for (let id = 1_000; id < 1_030; id++) {
      await client.insert({ table: "t", values: [{ id }], format: "JSONEachRow" });
      acknowledged.push(id);
    }
    process.kill(before.pid!, "SIGKILL");
    await until(() => engine.state().phase === "restarting");
    await until(() => engine.state().phase === "ready");
    expect(engine.address.url).toBe(url);
    expect(engine.state()).toMatchObject({ restarts: before.restarts + 1, lastExit: "ended by SIGKILL" });
    const kept = (await rowsOf(client, "SELECT id FROM t WHERE id >= 1000 ORDER BY id")) as { id: number }[];
    expect(kept.map((row) => row.id)).toEqual(acknowledged);
  });
});

describe("starting and ending an engine", () => {
  it("names the process that holds the directory", async () => {
    const dataPath = directory("held");
    const first = await startEngine({ dataPath, memoryLimitBytes });
    await expect(startEngine({ dataPath, memoryLimitBytes })).rejects.toMatchObject({
      code: "data-directory-held",
      detail: { path: dataPath, pid: String(first.state().pid) },
    });
    await first.stop(5_000);
    const second = await startEngine({ dataPath, memoryLimitBytes });
    await second.stop(5_000);
    expect(second.state().phase).toBe("stopped");
  });

  it("says that a directory cannot be written", async () => {
    const file = directory("file");
    writeFileSync(file, "not a directory");
    await expect(startEngine({ dataPath: join(file, "data"), memoryLimitBytes })).rejects.toMatchObject({
      code: "data-directory-unwritable",
    });
  });

  it("says that a directory is damaged", async () => {
    const dataPath = directory("damaged");
    await (await startEngine({ dataPath, memoryLimitBytes })).stop(5_000);
    writeFileSync(join(dataPath, "metadata", "homeostat.sql"), "no SQL at all (");
    await expect(startEngine({ dataPath, memoryLimitBytes })).rejects.toMatchObject({ code: "data-directory-corrupt" });
  });

  it("says that a port is taken", async () => {
    const server = createServer();
    await new Promise<void>((resume) => server.listen(0, "127.0.0.1", resume));
    const port = (server.address() as { port: number }).port;
    await expect(startEngine({ memoryLimitBytes, port })).rejects.toMatchObject({ code: "port-in-use" });
    server.close();
  });

  it("gives up after the bound on restarts in a row", async () => {
    const events: EngineEvent[] = [];
    const engine = await startEngine({ memoryLimitBytes, maxRestarts: 1, onEvent: (event) => events.push(event) });
    process.kill(engine.state().pid!, "SIGKILL");
    await until(() => engine.state().restarts === 1 && engine.state().phase === "ready");
    process.kill(engine.state().pid!, "SIGKILL");
    await until(() => engine.state().phase === "failed");
    expect(events.map((event) => event.kind)).toEqual(["ready", "exited", "ready", "failed"]);
    await engine.stop(1_000);
  });

  it("kills at the limit what does not end by itself", async () => {
    const engine = await startEngine({ memoryLimitBytes });
    const client = clientOf(engine.address);
    const long = codeOf(rowsOf(client, "SELECT count() FROM numbers(1000000000000)"));
    while (((await rowsOf(client, "SELECT count() AS n FROM system.processes")) as { n: number }[])[0]!.n < 2);
    await engine.stop(200);
    expect(await long).not.toBe("done");
    expect(engine.state().lastExit).toBe("ended by SIGKILL");
    await client.close();
  });

  it("does not outlive its parent", async () => {
    const supervisor = fileURLToPath(new URL("../../dist/engine/supervise-engine.js", import.meta.url));
    const script = `
      import { startEngine } from ${JSON.stringify(supervisor)};
      const engine = await startEngine({ memoryLimitBytes: ${memoryLimitBytes} });
      console.log(engine.state().pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((resume) =>
      parent.stdout.once("data", (text: Buffer) => resume(Number(text))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isAlive(pid));
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
