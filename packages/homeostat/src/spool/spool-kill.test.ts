import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SpoolStream } from "../domain/spool/spool.ts";
import { openSpool, type SpoolOptions } from "./open-spool.ts";

const streams: readonly SpoolStream[] = ["predictions:flight-delay", "outcomes:flight-delay"];
const rounds = process.env.HOMEOSTAT_TEST_LONG === undefined ? 20 : 400;
const everything = { maxRows: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

/** Appends from 16 clients for ever, says every acknowledgement on a line of its own, releases the first stream now and then. */
const child = `
  const { openSpool } = await import(process.argv[1]);
  const { round, streams, ...options } = JSON.parse(process.argv[2]);
  const spool = await openSpool({ ...options, clock: { now: () => Date.now() } });
  const say = (line) => require("node:fs").writeSync(1, line + "\\n");
  const client = async (number) => {
    for (let index = 0; ; index++) {
      const stream = streams[(number + index) % 2];
      const text = round + "/" + number + "/" + index + ":";
      const bytes = Buffer.from(text.padEnd(20 + ((index * 7919) % 3000), "x"));
      const position = await spool.append(stream, { rows: 1, bytes, receivedAt: Date.now() });
      say("ack " + stream + " " + position + " " + text);
      if (number === 0 && index % 10 === 9) {
        const [first] = await spool.read(streams[0], { maxRows: 1, maxBytes: 1 });
        if (first === undefined) continue;
        say("try " + streams[0] + " " + first.position);
        await spool.release(streams[0], first.position);
      }
    }
  };
  say("open");
  await Promise.all(Array.from({ length: 16 }, (_, number) => client(number)));
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeostat-spool-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("a process killed while it appends", () => {
  it(`leaves every acknowledged record to the next one, ${rounds} times over`, { timeout: 600_000 }, async () => {
    const sizes = { directory, limitBytes: 4e8, segmentBytes: 200_000 };
    const options: SpoolOptions = { ...sizes, clock: { now: () => 0 } };
    const expected = new Map(streams.map((stream) => [stream, new Map<number, string>()]));
    let acknowledged = 0;
    for (let round = 0; round < rounds; round++) {
      for (const [verb, stream, position, text] of await killedAfter(20 + ((round * 37) % 150), { ...sizes, round })) {
        const records = expected.get(stream as SpoolStream)!;
        if (verb === "ack") {
          expect(records.has(Number(position))).toBe(false);
          records.set(Number(position), text!);
          acknowledged++;
        }
        // Released or about to be: it may come again, and need not.
        if (verb === "try") for (const each of records.keys()) if (each <= Number(position)) records.delete(each);
      }
      const spool = await openSpool(options);
      for (const stream of streams) {
        const delivered = new Map<number, string>();
        for (const { position, bytes } of await spool.read(stream, everything)) {
          const text = Buffer.from(bytes).toString();
          expect(text).toMatch(/^\d+\/\d+\/\d+:x*$/);
          delivered.set(position, text.slice(0, text.indexOf(":") + 1));
        }
        for (const [position, text] of expected.get(stream)!) expect(delivered.get(position)).toBe(text);
      }
      expect(spool.state().damage.filter(({ kind }) => kind !== "torn-tail")).toEqual([]);
      if (round % 5 === 4) {
        for (const stream of streams) {
          await spool.release(stream, Number.MAX_SAFE_INTEGER);
          expected.get(stream)!.clear();
        }
      }
      await spool.close();
    }
    expect(acknowledged).toBeGreaterThan(rounds * 16);
  });
});

/** Runs the child, kills it so long after it has opened the spool, and answers the words of every line it said. */
async function killedAfter(delayMs: number, options: object): Promise<readonly (readonly string[])[]> {
  const module = new URL("../../dist/spool/open-spool.js", import.meta.url).href;
  const process_ = spawn(
    process.execPath,
    ["--input-type=module", "-e", withRequire(child), module, JSON.stringify({ ...options, streams })],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines: string[][] = [];
  for await (const line of createInterface({ input: process_.stdout })) {
    if (line === "open") setTimeout(() => process_.kill("SIGKILL"), delayMs);
    // A last line may be cut in the middle: what it says was not yet said.
    lines.push(line.split(" "));
  }
  return lines.filter((words) => words[0] !== "ack" || words[3]?.endsWith(":"));
}

function withRequire(source: string): string {
  return `import { createRequire } from "node:module"; const require = createRequire("/");${source}`;
}
