import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliHost, UpFlags } from "./cli.ts";
import { createProgram, runProgram } from "./program.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], more: Partial<CliHost> = {}): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await runProgram(
    {
      version: "9.9.9",
      up: async () => 0,
      env: {},
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      now: () => 0,
      ...more,
    },
    args,
  );
  return { code, out, err };
}

const host: CliHost = {
  version: "9.9.9",
  up: async () => 0,
  env: {},
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  now: () => 0,
};
const names = createProgram(host).commands.map((command) => command.name());

/** Answers what the test says and keeps what it was asked. */
const asked: { url: string | undefined; key: string | undefined; body: string }[] = [];
let answer: { status: number; body: unknown } = { status: 200, body: {} };
let server: Server;
let url: string;
let directory: string;

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push({
        url: `${request.method} ${request.url}`,
        key: request.headers.authorization,
        body: Buffer.concat(chunks).toString("utf8"),
      });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  directory = await mkdtemp(join(tmpdir(), "homeostat-cli-"));
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

describe("the help", () => {
  it("lists every command and the exit codes", async () => {
    const { code, out, err } = await run(["--help"]);
    expect(code).toBe(0);
    expect(err).toBe("");
    for (const name of names) expect(out).toContain(`\n  ${name} `);
    expect(out).toMatch(/Exit codes:\n {2}0 {2}done/);
  });

  it.each(names)("of `%s` has an example and fits into 80 columns", async (name) => {
    const { code, out } = await run([name, "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/Examples?:\n {2}homeostat /);
    const described = out.slice(0, out.indexOf("Example"));
    expect(Math.max(...described.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("prints the version", async () => {
    expect(await run(["--version"])).toEqual({ code: 0, out: "9.9.9\n", err: "" });
  });
});

describe("a wrong command line", () => {
  it.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["staus"], "Did you mean status?"],
    [["incident", "x"], "whole number"],
    [["incidents", "--state", "broken"], "one of open, acknowledged, resolved"],
    [["change", "list", "--from", "2001-02-30"], "Write a day"],
    [["train", "s", "--from", "x.parquet"], "--hold-out-from"],
    [["change", "record", "--kind", "deploy"], "--component"],
    [["keys", "create", "me", "--scope", "root"], "one of ingest, read, operate, admin"],
    [["predict", "s", "--inputs", "{"], "not JSON"],
    [["apply", "/nowhere/at/all"], "/nowhere/at/all"],
  ])("%j ends with 2 and says what is wrong", async (args, words) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(words);
  });
});

describe("the exit code and the streams", () => {
  it("ends with 3 and names the next step where no server answers", async () => {
    const { code, out, err } = await run(["status", "--url", "http://127.0.0.1:9"]);
    expect(code).toBe(3);
    expect(out).toBe("");
    expect(err).toContain("no Homeostat server answers at http://127.0.0.1:9");
    expect(err).toContain("Next: Start one with `homeostat up`");
  });

  it("tells a refusal with every issue, and ends with 1", async () => {
    answer = {
      status: 422,
      body: {
        type: "t",
        code: "bad-declaration",
        title: "A declaration cannot be applied",
        status: 422,
        detail: "One file is wrong.",
        next: "Correct the listed files.",
        requestId: "req-1",
        issues: [{ path: "system.yaml:3:7", expected: "a name", found: "nothing" }],
      },
    };
    await writeFile(join(directory, "system.yaml"), "kind: System\n");
    const { code, err } = await run(["apply", directory, "--url", url]);
    expect(code).toBe(1);
    expect(err).toBe(
      [
        "Error: A declaration cannot be applied (bad-declaration)",
        "  One file is wrong.",
        "  system.yaml:3:7",
        "    expected a name",
        "    found    nothing",
        "Next: Correct the listed files.",
        "Request req-1",
        "",
      ].join("\n"),
    );
    const json = await run(["apply", directory, "--url", url, "--json"]);
    expect(json.out).toBe("");
    expect(JSON.parse(json.err)).toMatchObject({
      error: { code: "bad-declaration", exitCode: 1, issues: [{ path: "system.yaml:3:7" }] },
    });
  });

  it("prints one JSON document and nothing else with --json", async () => {
    const items = [{ number: 1, state: "open" }];
    answer = { status: 200, body: { items } };
    const { code, out, err } = await run(["incidents", "--json", "--url", url]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(items);
  });

  it("ends with 4 only where --exit-code asks and something is there", async () => {
    answer = { status: 200, body: { items: [{ number: 1, state: "open" }] } };
    expect((await run(["incidents", "--json", "--url", url, "--exit-code"])).code).toBe(4);
    answer = { status: 200, body: { items: [{ number: 1, state: "resolved" }] } };
    expect((await run(["incidents", "--json", "--url", url, "--exit-code"])).code).toBe(0);
  });
});

describe("the connection", () => {
  it("takes the key from the flag, else the variable, else the data directory", async () => {
    answer = { status: 200, body: { items: [] } };
    await writeFile(join(directory, "cli-key"), "hs_from_directory\n");
    const env = { HOMEOSTAT_URL: url, HOMEOSTAT_DATA: directory };
    asked.length = 0;
    await run(["incidents"], { env });
    await run(["incidents"], { env: { ...env, HOMEOSTAT_KEY: "hs_from_variable" } });
    await run(["incidents", "--key", "hs_from_flag"], { env: { ...env, HOMEOSTAT_KEY: "hs_from_variable" } });
    await run(["incidents", "--data", join(directory, "elsewhere")], { env });
    expect(asked.map(({ key }) => key)).toEqual([
      "Bearer hs_from_directory",
      "Bearer hs_from_variable",
      "Bearer hs_from_flag",
      undefined,
    ]);
  });

  it("hands the flags of `up` on as they were typed, and ends as the server does", async () => {
    let given: UpFlags | undefined;
    const up = async (flags: UpFlags): Promise<number> => {
      given = flags;
      return 1;
    };
    const { code } = await run(["up", "--data", "d", "--port", "7301", "--quiet"], { up });
    expect(code).toBe(1);
    expect(given).toEqual({ data: "d", port: "7301", quiet: true });
  });
});

describe("predict", () => {
  it.each([
    ['{"a":1}', { rows: [{ inputs: { a: 1 } }] }],
    ['[{"a":1},{"a":2}]', { rows: [{ inputs: { a: 1 } }, { inputs: { a: 2 } }] }],
    ['{"rows":[{"id":"x","inputs":{"a":1}}]}', { rows: [{ id: "x", inputs: { a: 1 } }] }],
  ])("takes %s", async (inputs, body) => {
    answer = {
      status: 200,
      body: {
        release: null,
        degraded: true,
        reason: "no model",
        servedBy: "constant",
        predictions: [{ id: "p1", probability: 0.25, decision: false }],
      },
    };
    asked.length = 0;
    const { out } = await run(["predict", "s", "--inputs", inputs, "--url", url]);
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual(body);
    expect(out).toContain("0.2500");
    expect(out).toContain("Degraded: no model");
  });

  it("reads standard input for -", async () => {
    asked.length = 0;
    await run(["predict", "s", "--inputs", "-", "--url", url], {
      stdin: (async function* () {
        yield Buffer.from('{"a"');
        yield Buffer.from(":3}");
      })(),
    });
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ rows: [{ inputs: { a: 3 } }] });
  });
});

describe("apply", () => {
  it("sends the YAML files below a directory, but neither hidden ones nor changes", async () => {
    const root = await mkdtemp(join(directory, "systems-"));
    await writeFile(join(root, "system.yaml"), "kind: System\n");
    await writeFile(join(root, "changes.yaml"), "changes: []\n");
    await writeFile(join(root, "notes.md"), "no yaml");
    answer = { status: 200, body: { systems: ["s"], steps: [], warnings: [], applied: true } };
    asked.length = 0;
    const { err } = await run(["apply", root, "--url", url]);
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({
      files: [{ path: "system.yaml", text: "kind: System\n" }],
      allowBreaking: false,
    });
    expect(err).toContain("changes.yaml");
  });
});
