import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../domain/fault.ts";
import type { Spool, SpooledRecord, SpoolRecord, SpoolStream } from "../domain/spool/spool.ts";
import { openSpool } from "./open-spool.ts";
import { encodeSegmentHeader, recordBytes } from "./segment.ts";
import { createSimulatedDisk, diskError, type SimulatedDisk } from "./simulated-disk.ts";

const directory = "/spool";
const flights: SpoolStream = "predictions:flight-delay";
const prices: SpoolStream = "outcomes:house-price";
const everything = { maxRows: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
const clock = { now: () => 1_700_000_000_000 };

function open(disk: SimulatedDisk, sizes: { limitBytes?: number; segmentBytes?: number } = {}): Promise<Spool> {
  return openSpool({ directory, limitBytes: 1e9, segmentBytes: 4_096, clock, disk, ...sizes });
}

function record(text: string, rows = 1, receivedAt = 1_000): SpoolRecord {
  return { rows, bytes: Buffer.from(text), receivedAt };
}

function textsOf(records: readonly SpooledRecord[]): string[] {
  return records.map(({ bytes }) => Buffer.from(bytes).toString());
}

async function allOf(spool: Spool, stream: SpoolStream): Promise<string[]> {
  return textsOf(await spool.read(stream, everything));
}

async function segmentsOn(disk: SimulatedDisk): Promise<string[]> {
  return (await disk.list(directory)).filter((name) => name.includes(".spool")).sort();
}

/** Opens what another process left, without disturbing the disk it is on. */
function restarted(disk: SimulatedDisk): SimulatedDisk {
  disk.cutPower();
  return disk.afterPowerCut(() => 0.999);
}

describe("a spool with a bound of age", () => {
  const open = (disk: SimulatedDisk, now: () => number): Promise<Spool> =>
    openSpool({ directory, limitBytes: 1e9, limitAgeMs: 1_000, segmentBytes: 4_096, clock: { now }, disk });

  it("takes nothing more while its oldest record is too old, keeps what it has, and goes on when that is released", async () => {
    let now = 5_000;
    const disk = createSimulatedDisk();
    const spool = await open(disk, () => now);
    const old = await spool.append(flights, record("old", 1, now));
    now += 1_000;
    const young = await spool.append(prices, record("young", 1, now));
    now += 1;
    const told = { code: "spool-old", detail: { ageMs: 1_001, limitMs: 1_000 } };
    await expect(spool.append(prices, record("late", 1, now))).rejects.toMatchObject(told);
    await spool.close();
    const again = await open(disk, () => now);
    expect(again.state()).toMatchObject({ rows: 2, oldestReceivedAt: 5_000, limitAgeMs: 1_000 });
    await expect(again.append(flights, record("late", 1, now))).rejects.toMatchObject(told);
    expect(await allOf(again, flights)).toEqual(["old"]);
    await again.release(flights, old);
    await again.append(prices, record("late", 1, now));
    expect(await allOf(again, prices)).toEqual(["young", "late"]);
    await again.release(prices, young);
  });
});

describe("appending and reading", () => {
  it("delivers the records of a stream in order with their bytes, rows and time of receipt", async () => {
    const spool = await open(createSimulatedDisk());
    const first = await spool.append(flights, record('{"id":1}', 3, 17));
    const second = await spool.append(flights, record('{"id":2}\n{"id":3}', 2, 18));
    expect(second).toBeGreaterThan(first);
    const records = await spool.read(flights, everything);
    expect(textsOf(records)).toEqual(['{"id":1}', '{"id":2}\n{"id":3}']);
    expect(records.map(({ position, rows, receivedAt }) => ({ position, rows, receivedAt }))).toEqual([
      { position: first, rows: 3, receivedAt: 17 },
      { position: second, rows: 2, receivedAt: 18 },
    ]);
  });

  it("keeps streams apart", async () => {
    const spool = await open(createSimulatedDisk());
    await Promise.all([
      spool.append(flights, record("f1")),
      spool.append(prices, record("p1")),
      spool.append(flights, record("f2")),
    ]);
    expect(await allOf(spool, flights)).toEqual(["f1", "f2"]);
    expect(await allOf(spool, prices)).toEqual(["p1"]);
    expect(await allOf(spool, "outcomes:unknown")).toEqual([]);
    expect([...spool.pendingStreams()].sort()).toEqual([prices, flights]);
    await spool.release(flights, Number.MAX_SAFE_INTEGER);
    expect(spool.pendingStreams()).toEqual([prices]);
    expect(await allOf(spool, prices)).toEqual(["p1"]);
  });

  it("reads up to the limits, and one record where one alone is beyond them", async () => {
    const spool = await open(createSimulatedDisk());
    for (const text of ["aaaa", "bbbb", "cccc"]) await spool.append(flights, record(text, 10));
    const read = async (maxRows: number, maxBytes: number) => textsOf(await spool.read(flights, { maxRows, maxBytes }));
    expect(await read(20, 1e6)).toEqual(["aaaa", "bbbb"]);
    expect(await read(5, 1e6)).toEqual(["aaaa"]);
    expect(await read(100, 2 * recordBytes(flights, Buffer.from("aaaa")))).toEqual(["aaaa", "bbbb"]);
    expect(await read(100, 1)).toEqual(["aaaa"]);
  });

  it("carries an empty record, one longer than a segment and one of any bytes", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    const long = Buffer.alloc(100_000, "long");
    const odd = Buffer.from([0xff, 0x48, 0x52, 0x00, 0, 1, 2, 255]);
    for (const bytes of [Buffer.alloc(0), long, odd]) await spool.append(flights, { rows: 1, bytes, receivedAt: 1 });
    for (const reader of [() => spool, () => open(restarted(disk))]) {
      const read = await (await reader()).read(flights, everything);
      expect(read.map(({ bytes }) => Buffer.from(bytes))).toEqual([Buffer.alloc(0), long, odd]);
    }
  });

  it("tells how much it holds and since when", async () => {
    const spool = await open(createSimulatedDisk(), { limitBytes: 5_000 });
    expect(spool.state()).toEqual({
      bytes: 0,
      limitBytes: 5_000,
      rows: 0,
      oldestReceivedAt: undefined,
      limitAgeMs: Number.POSITIVE_INFINITY,
      damage: [],
    });
    await spool.append(flights, record("a", 3, 200));
    const position = await spool.append(prices, record("b", 4, 100));
    expect(spool.state()).toMatchObject({ rows: 7, oldestReceivedAt: 100 });
    expect(spool.state().bytes).toBeGreaterThan(60);
    await spool.release(prices, position);
    expect(spool.state()).toMatchObject({ rows: 3, oldestReceivedAt: 200 });
  });

  it("wakes whoever waits for an append, once, and whoever gives up", async () => {
    const spool = await open(createSimulatedDisk());
    const never = new AbortController();
    let woken = 0;
    const waits = [1, 2].map(() => spool.waitForAppend(never.signal).then(() => woken++));
    await spool.append(flights, record("a"));
    await Promise.all(waits);
    expect(woken).toBe(2);
    const controller = new AbortController();
    const given = spool.waitForAppend(controller.signal);
    controller.abort();
    await given;
    await spool.waitForAppend(controller.signal);
  });
});

describe("group commit", () => {
  it("lets a thousand concurrent appends share a handful of fsyncs", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk, { segmentBytes: 1e8 });
    const before = disk.countOf("sync");
    const texts = Array.from({ length: 1_000 }, (_, index) => `row ${index}`);
    const positions = await Promise.all(texts.map((text) => spool.append(flights, record(text))));
    expect(disk.countOf("sync") - before).toBeLessThanOrEqual(3);
    expect(new Set(positions).size).toBe(1_000);
    expect(await allOf(spool, flights)).toEqual(texts);
  });

  it("does not resolve before the fsync, and does not deliver before it", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    let letGo = (): void => {};
    disk.before = ({ kind }) => (kind === "sync" ? new Promise<void>((resolve) => (letGo = resolve)) : undefined);
    let settled = "no";
    const append = spool.append(flights, record("a")).then(() => (settled = "yes"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(disk.contentOf(join(directory, "000000000001.spool")).length).toBeGreaterThan(0);
    expect(settled).toBe("no");
    expect(await allOf(spool, flights)).toEqual([]);
    letGo();
    await append;
    expect(await allOf(spool, flights)).toEqual(["a"]);
  });

  it("makes the name of a new segment durable before it acknowledges", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    await spool.append(flights, record("a"));
    disk.cutPower();
    // The unkindest cut: nothing survives but what was synchronised.
    expect(await allOf(await open(disk.afterPowerCut(() => 0.999)), flights)).toEqual(["a"]);
  });
});

describe("the bound", () => {
  it("refuses with spool-full beyond its limit and takes again what was released", async () => {
    const each = recordBytes(flights, Buffer.alloc(100));
    const spool = await open(createSimulatedDisk(), { limitBytes: 28 + 10 * each, segmentBytes: 1e6 });
    const append = () => spool.append(flights, { rows: 1, bytes: Buffer.alloc(100, "x"), receivedAt: 1 });
    const positions: number[] = [];
    for (let index = 0; index < 10; index++) positions.push(await append());
    await expect(append()).rejects.toMatchObject({
      code: "spool-full",
      retryable: true,
      detail: { bytes: 28 + 10 * each },
    });
    expect((await spool.read(flights, everything)).length).toBe(10);
    // A segment with one record left still takes its place on the disk.
    await spool.release(flights, positions[8]!);
    await expect(append()).rejects.toMatchObject({ code: "spool-full" });
  });

  it("frees the disk when everything was released, also from a segment that is not full", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk, { limitBytes: 2_000, segmentBytes: 4_000 });
    for (let round = 0; round < 30; round++) {
      for (let index = 0; index < 9; index++) await spool.append(flights, record("x".repeat(100)));
      await spool.release(flights, Number.MAX_SAFE_INTEGER);
    }
    expect((await segmentsOn(disk)).length).toBeLessThanOrEqual(2);
    expect(spool.state()).toMatchObject({ rows: 0, oldestReceivedAt: undefined });
  });

  it("counts what the disk has not taken yet, so that memory is bounded when the disk hangs", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    disk.before = () => new Promise(() => {});
    const bytes = Buffer.alloc(16 * 1024 * 1024);
    const append = () => spool.append(flights, { rows: 1, bytes, receivedAt: 1 });
    const outcomes: unknown[] = [];
    for (let index = 0; index < 6; index++) append().catch((fault) => outcomes.push(fault));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(outcomes).toHaveLength(3);
    expect(outcomes[0]).toMatchObject({
      code: "spool-unwritable",
      message: expect.stringContaining("has yet to take"),
    });
  });
});

describe("releasing", () => {
  it("does not deliver again what was released, also after a restart", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    const positions = [];
    for (const text of ["a", "b", "c"]) positions.push(await spool.append(flights, record(text)));
    await spool.append(prices, record("p"));
    await spool.release(flights, positions[1]!);
    await spool.release(flights, positions[0]!);
    expect(await allOf(spool, flights)).toEqual(["c"]);
    const again = await open(restarted(disk));
    expect(await allOf(again, flights)).toEqual(["c"]);
    expect(await allOf(again, prices)).toEqual(["p"]);
    expect(again.state().rows).toBe(2);
  });

  it("does not swallow what comes later when it is told a position that is not there yet", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    await spool.append(flights, record("a"));
    await spool.release(flights, Number.MAX_SAFE_INTEGER);
    await spool.append(flights, record("b"));
    expect(await allOf(spool, flights)).toEqual(["b"]);
    expect(await allOf(await open(restarted(disk)), flights)).toEqual(["b"]);
  });

  it("removes segments as soon as nothing in them is unreleased, whatever waits in older ones", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk, { segmentBytes: 500 });
    await spool.append(prices, record("an old one that nobody ships"));
    for (let index = 0; index < 40; index++) await spool.append(flights, record("x".repeat(100)));
    expect((await segmentsOn(disk)).length).toBeGreaterThan(8);
    await spool.release(flights, Number.MAX_SAFE_INTEGER);
    expect((await segmentsOn(disk)).length).toBeLessThanOrEqual(2);
    expect(await allOf(await open(restarted(disk)), prices)).toEqual(["an old one that nobody ships"]);
  });

  it("never gives a position twice, also when everything was released before a restart", async () => {
    let disk = createSimulatedDisk();
    let last = 0;
    for (let round = 0; round < 5; round++) {
      const spool = await open(disk);
      const position = await spool.append(round % 2 === 0 ? flights : prices, record("x".repeat(1_000 * round)));
      expect(position).toBeGreaterThan(last);
      last = position;
      await spool.release(flights, position);
      await spool.release(prices, position);
      disk = restarted(disk);
    }
  });

  it("goes on behind the last position when only the cursors or only a header is left to tell it", async () => {
    const header = encodeSegmentHeader(50, 0);
    const torn = createSimulatedDisk(new Map([[join(directory, "000000000007.spool"), header]]));
    expect(await (await open(torn)).append(flights, record("a"))).toBe(50);
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    const position = await spool.append(flights, record("a"));
    await spool.release(flights, position);
    const removed = createSimulatedDisk(
      new Map([[join(directory, "cursors"), disk.contentOf(join(directory, "cursors"))]]),
    );
    expect(await (await open(removed)).append(flights, record("b"))).toBe(position + 1);
  });

  it("delivers everything that is left again when the cursors are damaged, and says so", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    const position = await spool.append(flights, record("a"));
    await spool.append(flights, record("b"));
    await spool.release(flights, position);
    const after = restarted(disk);
    const path = join(directory, "cursors");
    after.put(path, Buffer.from(after.contentOf(path).toString().replace("1", "2")));
    const again = await open(after);
    expect(await allOf(again, flights)).toEqual(["a", "b"]);
    expect(again.state().damage).toEqual([{ path, offset: 0, kind: "checksum-mismatch", bytesLost: 0 }]);
  });

  it("makes room on a disk that is too full to write the cursors", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk, { segmentBytes: 300 });
    const positions = [];
    for (let index = 0; index < 10; index++) positions.push(await spool.append(flights, record("x".repeat(200))));
    disk.before = ({ kind, path }) => {
      if (kind === "replace") throw diskError("ENOSPC", path);
    };
    await expect(spool.release(flights, positions[7]!)).rejects.toMatchObject({ code: "spool-unwritable" });
    expect(await segmentsOn(disk)).toEqual(["000000000005.spool"]);
    expect((await spool.read(flights, everything)).map(({ position }) => position)).toEqual(positions.slice(8));
  });
});

describe("a disk that refuses", () => {
  for (const code of ["ENOSPC", "EROFS", "EIO", "EACCES"]) {
    for (const kind of ["create", "append", "sync", "syncDirectory"] as const) {
      it(`answers ${code} in ${kind} with spool-unwritable, and goes on in a new segment when the disk is well`, async () => {
        const disk = createSimulatedDisk();
        const spool = await open(disk, { segmentBytes: 200 });
        await spool.append(flights, record("x".repeat(200)));
        disk.before = (operation) => {
          if (operation.kind === kind) throw diskError(code, operation.path);
        };
        const refused = [1, 2, 3].map((index) => spool.append(flights, record(`refused ${index}`)));
        for (const outcome of await Promise.allSettled(refused)) {
          expect(outcome).toMatchObject({ reason: { code: "spool-unwritable", retryable: true } });
          expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(Fault);
          expect((outcome as PromiseRejectedResult).reason.message).toContain(code);
        }
        disk.before = () => {};
        await spool.append(flights, record("after"));
        expect(await allOf(spool, flights)).toEqual(["x".repeat(200), "after"]);
        expect(spool.state().damage).toEqual([]);
        const again = await open(restarted(disk));
        expect(await allOf(again, flights)).toEqual(["x".repeat(200), "after"]);
      });
    }
  }

  it("never trusts a segment again whose fsync failed once", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk, { segmentBytes: 1e6 });
    await spool.append(flights, record("before"));
    let failures = 1;
    disk.before = ({ kind, path }) => {
      if (kind === "sync" && failures-- > 0) throw diskError("EIO", path);
    };
    await expect(spool.append(flights, record("failed"))).rejects.toMatchObject({ code: "spool-unwritable" });
    // The same file would now call every fsync a success and keep nothing.
    for (const text of ["after 1", "after 2"]) await spool.append(flights, record(text));
    expect(await segmentsOn(disk)).toEqual(["000000000001.spool", "000000000002.spool"]);
    expect(await allOf(await open(restarted(disk)), flights)).toEqual(["before", "after 1", "after 2"]);
  });

  it("opens with spool-unwritable when the directory cannot be made, and with spool-corrupt when a file cannot be read", async () => {
    const disk = createSimulatedDisk();
    await (await open(disk)).append(flights, record("a"));
    const after = restarted(disk);
    for (const [kind, code] of [
      ["makeDirectory", "spool-unwritable"],
      ["readWhole", "spool-corrupt"],
    ]) {
      after.before = (operation) => {
        if (operation.kind === kind) throw diskError("EIO", operation.path);
      };
      await expect(open(after)).rejects.toMatchObject({ code });
    }
  });

  it("delivers from a disk that has become read-only", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    await spool.append(flights, record("a"));
    await spool.append(flights, record("b"));
    const after = restarted(disk);
    const path = join(directory, "000000000001.spool");
    after.put(path, after.contentOf(path).subarray(0, -1));
    const writing = new Set(["create", "append", "sync", "truncate", "rename", "remove", "replace", "syncDirectory"]);
    after.before = (operation) => {
      if (writing.has(operation.kind)) throw diskError("EROFS", operation.path);
    };
    const again = await open(after);
    expect(await allOf(again, flights)).toEqual(["a"]);
    expect(again.state().damage).toMatchObject([{ kind: "torn-tail" }]);
    await expect(again.append(flights, record("c"))).rejects.toMatchObject({ code: "spool-unwritable" });
  });

  it("refuses appends after it was closed, and closes after what was begun is done", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    const begun = spool.append(flights, record("a"));
    await spool.close();
    await begun;
    await expect(spool.append(flights, record("b"))).rejects.toMatchObject({ code: "spool-unwritable" });
    expect(await allOf(await open(restarted(disk)), flights)).toEqual(["a"]);
  });
});

describe("damage", () => {
  const path = join(directory, "000000000001.spool");
  const texts = ["first", "second", "third"];

  async function written(): Promise<Buffer> {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    for (const text of texts) await spool.append(flights, record(text));
    return disk.contentOf(path);
  }

  async function opened(content: Buffer): Promise<{ spool: Spool; disk: SimulatedDisk }> {
    const disk = createSimulatedDisk(new Map([[path, content]]));
    return { spool: await open(disk), disk };
  }

  it("cuts off a last record that is torn at any byte, and tells how much", async () => {
    const whole = await written();
    const lastAt = whole.length - recordBytes(flights, Buffer.from("third"));
    for (let length = lastAt; length < whole.length; length++) {
      const { spool, disk } = await opened(whole.subarray(0, length));
      expect(await allOf(spool, flights)).toEqual(["first", "second"]);
      const bytesLost = length - lastAt;
      expect(spool.state().damage).toEqual(
        bytesLost === 0 ? [] : [{ path, offset: lastAt, kind: "torn-tail", bytesLost }],
      );
      expect(disk.contentOf(path).length).toBe(lastAt);
      await spool.append(flights, record("fourth"));
      expect(await allOf(await open(restarted(disk)), flights)).toEqual(["first", "second", "fourth"]);
    }
  });

  it("notices every flipped bit of a segment, and delivers every other record", async () => {
    const whole = await written();
    const starts = texts.map((_, index) =>
      texts.slice(0, index).reduce((sum, text) => sum + recordBytes(flights, Buffer.from(text)), 28),
    );
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const { spool } = await opened(flipped);
      const hit = starts.findLastIndex((start) => start <= bit >> 3);
      expect(spool.state().damage, `bit ${bit}`).toHaveLength(1);
      expect(await allOf(spool, flights)).toEqual(texts.filter((_, index) => index !== hit));
    }
  });

  it("sets a segment aside whose middle is damaged, delivers the rest, and keeps the file for people", async () => {
    const damaged = await written();
    damaged[60]! ^= 1;
    const { spool, disk } = await opened(damaged);
    const aside = `${path}.damaged`;
    const bytesLost = recordBytes(flights, Buffer.from("first"));
    expect(spool.state().damage).toEqual([{ path: aside, offset: 28, kind: "checksum-mismatch", bytesLost }]);
    expect(await segmentsOn(disk)).toEqual(["000000000001.spool.damaged"]);
    expect(await allOf(spool, flights)).toEqual(["second", "third"]);
    // Nothing is released yet: the next start delivers it again.
    disk.put(path, damaged);
    const again = await open(createSimulatedDisk(new Map([[aside, damaged]])));
    expect(await allOf(again, flights)).toEqual(["second", "third"]);
    await again.append(prices, record("p"));
    await again.release(flights, Number.MAX_SAFE_INTEGER);
    expect(again.state().rows).toBe(1);
  });

  it("keeps what is left of a damaged segment under another name when everything was delivered", async () => {
    const damaged = await written();
    damaged[60]! ^= 1;
    const { spool, disk } = await opened(damaged);
    await spool.append(prices, record("p"));
    await spool.release(flights, Number.MAX_SAFE_INTEGER);
    expect(await segmentsOn(disk)).toEqual(["000000000001.spool.damaged.released", "000000000002.spool"]);
    disk.cutPower();
    // New names survive this cut.
    const again = await open(disk.afterPowerCut(() => 0.4));
    expect(again.state().damage).toEqual([]);
    expect(await allOf(again, flights)).toEqual([]);
    expect(await again.append(flights, record("next"))).toBeGreaterThan(4);
  });

  it("leaves out a record that goes bad while the spool is open, tells it once, and delivers the rest", async () => {
    const disk = createSimulatedDisk();
    const spool = await open(disk);
    for (const text of texts) await spool.append(flights, record(text));
    const bad = disk.contentOf(path);
    bad[60]! ^= 1;
    const after = createSimulatedDisk(new Map([[path, await written()]]));
    const reopened = await open(after);
    after.put(path, bad);
    for (const _ of [1, 2]) expect(await allOf(reopened, flights)).toEqual(["second", "third"]);
    expect(reopened.state().damage).toMatchObject([{ path, offset: 28, kind: "checksum-mismatch" }]);
    expect(textsOf(await reopened.read(flights, { maxRows: 1, maxBytes: 1 }))).toEqual(["second"]);
  });

  it("takes a file of zeros and a header cut short for a crash at birth", async () => {
    for (const content of [Buffer.alloc(500), (await written()).subarray(0, 20), Buffer.alloc(0)]) {
      const { spool, disk } = await opened(content);
      expect(spool.state().damage.map(({ kind }) => kind)).toEqual(content.length === 0 ? [] : ["torn-tail"]);
      await spool.append(flights, record("a"));
      expect(await allOf(await open(restarted(disk)), flights)).toEqual(["a"]);
    }
  });

  it("refuses a segment of a newer format and does not touch it", async () => {
    const header = encodeSegmentHeader(1, 0);
    header.writeUInt16LE(2, 6);
    header.writeUInt32LE(crc32(header.subarray(0, 24)), 24);
    const disk = createSimulatedDisk(new Map([[path, header]]));
    await expect(open(disk)).rejects.toMatchObject({ code: "spool-corrupt" });
    expect(disk.contentOf(path)).toEqual(header);
  });

  it("leaves files alone that are none of its own", async () => {
    const note = join(directory, "README.txt");
    const disk = createSimulatedDisk(new Map([[note, Buffer.from("hello")]]));
    const spool = await open(disk);
    expect(spool.state().damage).toEqual([]);
    expect(disk.contentOf(note).toString()).toBe("hello");
  });
});

describe("a power cut at any moment", () => {
  const workload = fc.record({
    sizes: fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 40 }),
    clients: fc.integer({ min: 1, max: 8 }),
    segmentBytes: fc.constantFrom(200, 2_000, 20_000),
    cutAt: fc.integer({ min: 6, max: 160 }),
    releaseEvery: fc.integer({ min: 2, max: 9 }),
    failAt: fc.integer({ min: 1, max: 300 }),
    seed: fc.integer(),
  });

  it("loses no acknowledged record, keeps order and bytes, and delivers nothing that was never appended", async () => {
    await fc.assert(
      fc.asyncProperty(workload, async (load) => {
        const disk = createSimulatedDisk();
        const spool = await open(disk, { segmentBytes: load.segmentBytes });
        const cut = new Promise<void>((resolve) => {
          disk.before = ({ number, kind, path }) => {
            if (number >= load.cutAt) {
              disk.cutPower();
              resolve();
            } else if (number === load.failAt && (kind === "append" || kind === "sync")) throw diskError("EIO", path);
          };
        });
        const appended = new Set<string>();
        const acknowledged = new Map<string, number>();
        const released = new Map<SpoolStream, number>([
          [flights, 0],
          [prices, 0],
        ]);
        const attempted = new Map(released);
        const queue = load.sizes.map((size, index) => `${index}:`.padEnd(size, "x"));
        const client = async (): Promise<void> => {
          for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
            const stream = text.length % 2 === 0 ? flights : prices;
            appended.add(text);
            const position = await spool.append(stream, record(text)).catch(() => undefined);
            if (position === undefined) continue;
            acknowledged.set(text, position);
            if (acknowledged.size % load.releaseEvery !== 0) continue;
            attempted.set(stream, Math.max(attempted.get(stream)!, position));
            await spool.release(stream, position).then(
              () => released.set(stream, Math.max(released.get(stream)!, position)),
              () => {},
            );
          }
        };
        await Promise.race([cut, Promise.all(Array.from({ length: load.clients }, client))]);
        disk.cutPower();
        const again = await open(disk.afterPowerCut(seeded(load.seed)), { segmentBytes: load.segmentBytes });
        const highest = Math.max(0, ...acknowledged.values());
        for (const stream of [flights, prices]) {
          const records = await again.read(stream, everything);
          const positions = records.map(({ position }) => position);
          expect(positions).toEqual([...positions].sort((a, b) => a - b));
          const delivered = new Set(textsOf(records));
          expect(delivered.size).toBe(records.length);
          for (const text of delivered) expect(appended.has(text)).toBe(true);
          for (const [text, position] of acknowledged) {
            const own = (text.length % 2 === 0 ? flights : prices) === stream;
            if (own && position > attempted.get(stream)!) expect(delivered.has(text)).toBe(true);
            if (own && position <= released.get(stream)!) expect(delivered.has(text)).toBe(false);
          }
        }
        expect(await again.append(flights, record("next"))).toBeGreaterThan(highest);
      }),
      { numRuns: process.env.HOMEOSTAT_TEST_LONG === undefined ? 300 : 5_000 },
    );
  }, 600_000);
});

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
