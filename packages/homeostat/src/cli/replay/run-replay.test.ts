import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../program.ts";

interface Row {
  readonly id: string;
  readonly time: string;
  readonly inputs: { readonly n: number };
}

type Event =
  | { readonly kind: "predictions"; readonly rows: readonly Row[] }
  | { readonly kind: "outcomes"; readonly rows: readonly { predictionId: string; time: string; value: boolean }[] }
  | { readonly kind: "change"; readonly title: string };

/** How the server answers the nth request to an address; undefined: as it should. */
type Mood = (
  address: string,
  nth: number,
  rows: readonly Row[],
) => { status: number; retryAfter?: string; issues?: unknown[] } | undefined;

let directory: string;
let server: Server;
let url: string;
let events: Event[];
let mood: Mood;
let serving: string;

/** A server that takes what the real one takes, and writes down the order in which it answered. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeostat-send-"));
  const rows = Array.from(
    { length: 50 },
    (_, n) => `2001-02-01 ${String(Math.floor(n / 3)).padStart(2, "0")}:${n % 3}0:00,${n}`,
  );
  await writeFile(join(directory, "rows.csv"), `at,n\n${rows.join("\n")}\n`);
  events = [];
  mood = () => undefined;
  serving = "gateway";
  const counts = new Map<string, number>();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const address = request.url?.split("/").at(-1) ?? "";
      const nth = (counts.get(address) ?? 0) + 1;
      counts.set(address, nth);
      const text = Buffer.concat(chunks).toString("utf8");
      const [status, headers, body] = answerTo(address, nth, text);
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(directory, { recursive: true, force: true });
});

function answerTo(address: string, nth: number, text: string): [number, Record<string, string>, unknown] {
  if (address === "watched") return [200, {}, { serving, task: "binary-classification" }];
  if (address === "changes") {
    const change = JSON.parse(text) as { title: string };
    events.push({ kind: "change", title: change.title });
    return [201, {}, { ...change, id: "c", recordedAt: "2001-02-01T00:00:00Z" }];
  }
  const lines = (): unknown[] =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const rows = (address === "predict" ? (JSON.parse(text) as { rows: Row[] }).rows : lines()) as Row[];
  const refusal = mood(address, nth, rows);
  if (refusal !== undefined) {
    const { status, issues = [] } = refusal;
    const problem = {
      type: "t",
      code: status === 429 ? "rate-limited" : "malformed-body",
      title: "No",
      status,
      detail: "d",
      next: "n",
      requestId: "r",
      issues,
    };
    return [status, refusal.retryAfter === undefined ? {} : { "retry-after": refusal.retryAfter }, problem];
  }
  if (address === "outcomes") {
    events.push({ kind: "outcomes", rows: rows as never });
    return [202, {}, { accepted: rows.length, refused: [], refusedCount: 0 }];
  }
  events.push({ kind: "predictions", rows });
  if (address === "predictions") return [202, {}, { accepted: rows.length, refused: [], refusedCount: 0 }];
  const predictions = rows.map(({ id }) => ({ id, probability: 0.5, decision: true }));
  return [200, {}, { release: "r", degraded: false, reason: null, servedBy: "release", predictions }];
}

async function replay(more: readonly string[] = []) {
  let out = "";
  let err = "";
  const code = await runProgram(
    {
      version: "1",
      up: async () => 0,
      env: {},
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      now: () => Date.now(),
    },
    [
      ...[
        "replay",
        "watched",
        "--url",
        url,
        "--json",
        "--from",
        join(directory, "rows.csv"),
        "--since",
        "2001-02-01",
        "--until",
        "2001-02-02",
      ],
      ...[
        "--inputs",
        "n",
        "--outcome",
        "n % 2 = 0",
        "--outcome-time",
        "at + toIntervalHour(2)",
        "--batch",
        "7",
        ...more,
      ],
    ],
  );
  return {
    code,
    err,
    result:
      out === "" ? undefined : (JSON.parse(out) as Record<string, { sent: number; accepted: number; refused: number }>),
  };
}

const predicted = (): readonly Row[] => events.flatMap((event) => (event.kind === "predictions" ? event.rows : []));
const known = () => events.flatMap((event) => (event.kind === "outcomes" ? event.rows : []));

describe("a replay", () => {
  it("sends every row and every outcome once, each in its order, and counts them", async () => {
    const { code, result } = await replay(["--concurrency", "1"]);
    expect(code).toBe(0);
    expect(predicted().map(({ inputs }) => inputs.n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(known().map(({ value }) => value)).toEqual(Array.from({ length: 50 }, (_, n) => n % 2 === 0));
    expect(result?.predictions).toEqual({ sent: 50, accepted: 50, refused: 0, degraded: 0 });
    expect(result?.outcomes).toEqual({ sent: 50, accepted: 50, refused: 0 });
  });

  it("sends no outcome before its prediction was answered, nor before event time has reached it", async () => {
    await replay(["--concurrency", "4"]);
    const answered = new Map<string, number>();
    for (const [at, event] of events.entries()) {
      if (event.kind === "predictions") for (const { id } of event.rows) answered.set(id, at);
      if (event.kind !== "outcomes") continue;
      for (const { predictionId } of event.rows)
        expect(answered.get(predictionId) ?? Number.POSITIVE_INFINITY).toBeLessThan(at);
    }
    expect(known()).toHaveLength(50);
    const firstOutcome = events.findIndex(({ kind }) => kind === "outcomes");
    expect(events.slice(0, firstOutcome).filter(({ kind }) => kind === "predictions").length).toBeGreaterThanOrEqual(2);
  });

  it("gives the same row the same id on every replay", async () => {
    await replay();
    const first = new Map(predicted().map(({ inputs, id }) => [inputs.n, id]));
    events = [];
    await replay([
      "--fault",
      "null-origin",
      "--fault-column",
      "n",
      "--at",
      "2001-02-01T05:00:00Z",
      "--batch",
      "11",
      "--concurrency",
      "1",
    ]);
    const ids = predicted().map(({ id }) => id);
    expect([...first.values()].sort()).toEqual(ids);
    expect(predicted().filter(({ inputs }) => inputs.n === null)).toHaveLength(35);
  });

  it("waits when the server is full, and sends the same rows again", async () => {
    mood = (address, nth) =>
      (address === "predict" && nth === 2) || (address === "outcomes" && nth === 1)
        ? { status: 429, retryAfter: "0" }
        : undefined;
    const { code, result } = await replay(["--concurrency", "1"]);
    expect(code).toBe(0);
    expect(predicted()).toHaveLength(50);
    expect(known()).toHaveLength(50);
    expect(result?.waits).toBe(2);
  });

  it("leaves out rows the gateway refuses by number, sends the rest, and ends with 1", async () => {
    mood = (address, _, rows) => {
      const bad = rows.findIndex(({ inputs }) => inputs?.n === 16);
      return address === "predict" && bad !== -1
        ? { status: 400, issues: [{ path: `rows[${bad}].inputs.n`, expected: "another number", found: "16" }] }
        : undefined;
    };
    const { code, result } = await replay();
    expect(code).toBe(1);
    expect(result?.predictions).toMatchObject({ sent: 50, accepted: 49, refused: 1 });
    expect(result?.issues).toEqual([{ path: "rows[2].inputs.n", expected: "another number", found: "16" }]);
    expect(predicted().map(({ inputs }) => inputs.n)).not.toContain(16);
  });

  it("stops when the server refuses for good", async () => {
    mood = (address, nth) => (address === "predict" && nth === 3 ? { status: 403 } : undefined);
    const { code, err } = await replay(["--concurrency", "1"]);
    expect(code).toBe(1);
    expect(err).toContain('"detail": "d"');
    expect(predicted()).toHaveLength(14);
  });

  it("tells each change when event time passes it, and none from after the end", async () => {
    const path = join(directory, "changes.yaml");
    const change = (title: string, time: string) =>
      `  - { component: "source:x", kind: deploy, title: ${title}, time: "${time}" }`;
    await writeFile(
      path,
      [
        "changes:",
        change("late", "2001-02-03T00:00:00Z"),
        change("noon", "2001-02-01T08:00:00Z"),
        change("before", "2001-01-01T00:00:00Z"),
      ].join("\n"),
    );
    await replay(["--changes", path, "--concurrency", "1"]);
    const order = events.flatMap((event) => {
      if (event.kind === "change") return [event.title];
      const at = event.kind === "predictions" ? event.rows.at(-1)?.time.slice(11, 16) : undefined;
      return at === undefined ? [] : [at];
    });
    expect(order.slice(0, 6)).toEqual(["before", "02:00", "04:10", "06:20", "noon", "09:00"]);
    expect(order).not.toContain("late");
  });

  it("posts predictions made elsewhere to a system that is only monitored", async () => {
    serving = "monitor-only";
    expect((await replay()).code).toBe(2);
    const { code } = await replay(["--release", "r1", "--probability", "n / 100"]);
    expect(code).toBe(0);
    expect(predicted()[7]).toMatchObject({ release: "r1", probability: 0.07, inputs: { n: 7 } });
  });
});
