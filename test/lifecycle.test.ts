import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { monitoredElsewhere } from "./house/declarations.ts";
import { copyDirectory, emptyDirectory } from "./house/prepared.ts";
import { signal } from "./house/processes.ts";
import { launch, type StartOptions, startHouse, temporaryDirectory } from "./house/start.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };

/** What a start that must fail says, after checking that it says it well. */
async function refusedStart(options: StartOptions): Promise<string> {
  const launched = launch(options);
  const { code, orphans } = await launched.exited;
  expect(code).toBe(1);
  expect(orphans).toBe(0);
  const lines = launched
    .errors()
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("{"));
  expect(lines, launched.errors()).toHaveLength(1);
  expect(lines[0]).toMatch(/^homeostat: /);
  expect(launched.errors()).not.toMatch(/\n\s+at /);
  expect(launched.out()).not.toContain("is up at");
  return lines[0]!;
}

const row = (id: string): object => ({
  id,
  time: "2001-02-09T10:00:00Z",
  release: "r1",
  inputs: { departure: "2001-02-09T10:00:00Z", origin: "LAX", destination: "SFO", distance: 337 },
  probability: 0.3,
});

describe("the first start", () => {
  it("prints an admin key and a one-time sign-in link, which later starts do not", async () => {
    const data = temporaryDirectory();
    const house = await startHouse({ data });
    const key = /^\s+(hs_[\w-]{43})$/m.exec(house.out())?.[1];
    const token = /\/sign-in#token=([\w-]+)$/m.exec(house.out())?.[1];
    const asked = await fetch(`${house.url}/v1/status`, { headers: { authorization: `Bearer ${key}` } });
    expect(asked.status).toBe(200);
    const signIn = (): Promise<Response> =>
      fetch(`${house.url}/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: house.url },
        body: JSON.stringify({ token }),
      });
    expect((await signIn()).status).toBe(201);
    expect((await signIn()).status).toBe(401);
    expect(statSync(join(data, "cli-key")).mode & 0o077, "only its owner may read the key").toBe(0);
    expect(house.errors(), "no secret reaches the log").not.toContain(String(key));
    await house.stop();

    const again = await startHouse({ data });
    expect(again.out()).not.toMatch(/hs_|#token=/);
    await again.stop();
  });
});

describe("a start that cannot be", () => {
  it("is refused on a directory that a living server holds, naming its process", async () => {
    await using house = await startHouse({ data: await emptyDirectory() });
    const said = await refusedStart({ data: house.data });
    expect(said).toContain(`in use by process ${house.pid}`);
    expect(await house.client.call("live"), "the one that holds it is not disturbed").toEqual({ live: true });
  });

  it("is refused on a port that another program holds", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const said = await refusedStart({ data: await emptyDirectory(), port });
      expect(said).toContain(`port ${port} on 127.0.0.1 is taken`);
    } finally {
      other.close();
    }
  });

  it("is refused where a file stands in place of the directory", async () => {
    const data = join(temporaryDirectory(), "file");
    writeFileSync(data, "not a directory");
    expect(await refusedStart({ data })).toMatch(/data directory .*file cannot be written/);
  });

  it("is refused when format.json names no format", async () => {
    const data = await emptyDirectory();
    writeFileSync(join(data, "format.json"), "{ this is not JSON");
    expect(await refusedStart({ data })).toMatch(/is damaged: format\.json/);
  });

  it("is refused on a directory of a newer Homeostat", async () => {
    const data = await emptyDirectory();
    writeFileSync(join(data, "format.json"), JSON.stringify({ format: 99 }));
    expect(await refusedStart({ data })).toMatch(/newer Homeostat \(format 99, this one knows \d+\)/);
  });

  it("is refused when the control store is damaged", async () => {
    const data = await emptyDirectory();
    // The catalogue's control file, without which no Postgres can tell where its log is.
    truncateSync(join(data, "control", "global", "pg_control"), 0);
    expect(await refusedStart({ data })).toMatch(/is damaged/);
  });

  it("is refused when the engine's directory is damaged", async () => {
    const data = await emptyDirectory();
    const metadata = join(data, "engine", "metadata");
    for (const name of readdirSync(metadata, { recursive: true, encoding: "utf8" }))
      if (name.endsWith(".sql")) writeFileSync(join(metadata, name), "ATTACH nonsense");
    expect(await refusedStart({ data })).toMatch(/is damaged/);
  });

  it("gives the directory free again: the next start succeeds", async () => {
    const data = await emptyDirectory();
    writeFileSync(join(data, "format.json"), JSON.stringify({ format: 99 }));
    await refusedStart({ data });
    writeFileSync(join(data, "format.json"), JSON.stringify({ format: 1 }));
    await using house = await startHouse({ data });
    expect((await house.client.call("ready")).ready).toBe(true);
  });
});

describe("a start after a crash", () => {
  it("takes over the lock of a killed server, whose engines ended with it", async () => {
    const data = await emptyDirectory();
    const first = await startHouse({ data });
    const { orphans } = await first.killServer();
    expect(orphans).toBe(0);
    expect(readdirSync(data)).toContain("lock");
    await using second = await startHouse({ data });
    expect((await second.client.call("ready")).ready).toBe(true);
  });

  it("takes over a lock that was cut short while it was written", async () => {
    const data = await emptyDirectory();
    writeFileSync(join(data, "lock"), '{"pid": 12');
    await using house = await startHouse({ data });
    expect((await house.client.call("live")).live).toBe(true);
  });

  it("works on a directory that was moved", async () => {
    const from = await emptyDirectory();
    const first = await startHouse({ data: from });
    await first.client.call("apply", { body: { files: monitoredElsewhere() } });
    await first.stop();
    const to = temporaryDirectory();
    copyDirectory(from, to);
    rmSync(from, { recursive: true });
    await using second = await startHouse({ data: to });
    expect((await second.client.call("systems")).items.map(({ name }) => name)).toEqual(["flight-delay"]);
  });
});

describe("a stop", () => {
  it("within ten seconds of SIGTERM loses nothing that was acknowledged", async () => {
    const data = await emptyDirectory();
    const house = await startHouse({ data });
    await house.client.call("apply", { body: { files: monitoredElsewhere() } });
    const acknowledged = new Set<string>();
    let sending = true;
    const senders = [1, 2, 3, 4].map(async (sender) => {
      for (let number = 0; sending; number++) {
        const id = `${sender}-${number}`;
        const sent = await house.client
          .call("sendPredictions", { path, body: { rows: [row(id)] as never } })
          .catch(() => undefined);
        if (sent === undefined) return;
        acknowledged.add(id);
      }
    });
    await until("some rows are acknowledged", () => (acknowledged.size > 50 ? true : undefined));
    const asked = performance.now();
    const exit = await house.stop();
    const tookMs = performance.now() - asked;
    sending = false;
    await Promise.all(senders);
    expect(exit).toEqual({ code: 0, signal: null, orphans: 0 });
    expect(tookMs).toBeLessThan(10_000);
    expect(house.out()).toContain("nothing acknowledged was lost");
    expect(readdirSync(data)).not.toContain("lock");

    await using again = await startHouse({ data });
    const counts = await until("all rows are stored", async () => {
      const now = await again.client.call("counts", { path });
      return now.predictions.pendingInSpool === 0 ? now : undefined;
    });
    // A row may have been taken whose answer was cut off; none may be missing.
    expect(counts.predictions.stored).toBeGreaterThanOrEqual(acknowledged.size);
    expect(counts.predictions.stored).toBeLessThanOrEqual(acknowledged.size + senders.length);
  });
});

describe("health", () => {
  it("needs no key, and names what is not ready while an engine is down, until it is back", async () => {
    await using house = await startHouse({ data: await emptyDirectory() });
    await house.client.call("apply", { body: { files: monitoredElsewhere() } });
    const ready = async (): Promise<{ status: number; ready: boolean; down: string[] }> => {
      const answer = await fetch(`${house.url}/health/ready`);
      const body = (await answer.json()) as { ready: boolean; parts: { part: string; ready: boolean }[] };
      return {
        status: answer.status,
        ready: body.ready,
        down: body.parts.filter((part) => !part.ready).map(({ part }) => part),
      };
    };
    expect(await ready()).toEqual({ status: 200, ready: true, down: [] });
    for (const part of ["data-engine", "compute-engine"] as const) {
      const killed = house.enginePid(part);
      signal(killed, "SIGKILL");
      const down = await until(`${part} is seen to be down`, async () => {
        const now = await ready();
        return now.down.includes(part) ? now : undefined;
      });
      expect(down).toMatchObject({ status: 503, ready: false });
      expect(await house.client.call("live")).toEqual({ live: true });
      if (part === "data-engine") {
        // What arrives meanwhile is kept.
        await house.client.call("sendPredictions", { path, body: { rows: [row("while-down")] as never } });
      }
      await until(`${part} is back`, async () => ((await ready()).ready ? true : undefined));
      expect(house.enginePid(part)).not.toBe(killed);
    }
    await until("the row that came meanwhile is stored", async () => {
      const counts = await house.client.call("counts", { path });
      return counts.predictions.stored === 1 ? true : undefined;
    });
  });
});
