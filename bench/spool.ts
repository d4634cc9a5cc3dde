import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value to hold: at most for times, at least for rates. */
  readonly budget?: number;
}

interface Spool {
  append(stream: string, record: { rows: number; bytes: Uint8Array; receivedAt: number }): Promise<number>;
  read(
    stream: string,
    limits: { maxRows: number; maxBytes: number },
  ): Promise<readonly { readonly position: number; readonly bytes: Uint8Array }[]>;
  release(stream: string, upTo: number): Promise<void>;
  state(): { readonly rows: number };
  close(): Promise<void>;
}

interface SpoolRoom {
  openSpool(options: object): Promise<Spool>;
}

const module = new URL("../../packages/homeostat/dist/spool/open-spool.js", import.meta.url);
const stream = "predictions:bench";

/**
 * Claims of the README: durable appends a second with 64 clients, how long one takes, and how fast blocks of a megabyte
 * become durable; beside them what one fdatasync costs on the same disk.
 */
export async function benchSpool(): Promise<readonly BenchRow[]> {
  const { openSpool } = (await import(module.href)) as SpoolRoom;
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-spool-"));
  const openIt = (): Promise<Spool> => openSpool({ directory, limitBytes: 8e9, segmentBytes: 64 << 20, clock: Date });
  try {
    const fsyncMs = await fsyncAlone(directory);
    let spool = await openIt();
    const small = await appendFor(spool, { clients: 64, bytes: 300, seconds: 5 });
    await spool.close();
    const reopening = performance.now();
    spool = await openIt();
    const openSeconds = (performance.now() - reopening) / 1_000;
    const recovered = spool.state().rows;
    await drain(spool);
    const large = await appendFor(spool, { clients: 8, bytes: 1 << 20, seconds: 5 });
    const drained = await drain(spool);
    await spool.close();
    return [
      { name: "spool: one fdatasync of this disk, p50", value: fsyncMs, unit: "ms" },
      { name: "spool: durable appends of 300 bytes, 64 clients", value: small.perSecond, unit: "1/s", budget: 5_000 },
      { name: "spool: the same, p50", value: small.p50Ms, unit: "ms" },
      { name: "spool: the same, p99", value: small.p99Ms, unit: "ms", budget: 25 },
      { name: "spool: recover records at start", value: recovered / openSeconds, unit: "1/s" },
      { name: "spool: durable appends of 1 MiB, 8 clients", value: large.perSecond * 1.048_576, unit: "MB/s" },
      { name: "spool: read, verify and release them", value: drained.megabytesPerSecond, unit: "MB/s" },
    ];
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What one fdatasync costs on the disk of a directory: the median of 500, in milliseconds. */
export async function fsyncAlone(directory: string): Promise<number> {
  const file = await open(join(directory, "fsync-alone"), "w");
  const times: number[] = [];
  for (let index = 0; index < 500; index++) {
    await file.write(Buffer.alloc(300));
    const startedMs = performance.now();
    await file.datasync();
    times.push(performance.now() - startedMs);
  }
  await file.close();
  return quantile(times, 0.5);
}

async function appendFor(
  spool: Spool,
  load: { readonly clients: number; readonly bytes: number; readonly seconds: number },
): Promise<{ readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number }> {
  const bytes = Buffer.alloc(load.bytes, "x");
  const times: number[] = [];
  const startedMs = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - startedMs < load.seconds * 1_000) {
      const beganMs = performance.now();
      await spool.append(stream, { rows: 1, bytes, receivedAt: Date.now() });
      times.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  const perSecond = times.length / ((performance.now() - startedMs) / 1_000);
  return { perSecond, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

async function drain(spool: Spool): Promise<{ readonly megabytesPerSecond: number }> {
  const startedMs = performance.now();
  let bytes = 0;
  for (;;) {
    const records = await spool.read(stream, { maxRows: 10_000, maxBytes: 8 << 20 });
    const last = records.at(-1);
    if (last === undefined) return { megabytesPerSecond: bytes / 1e3 / (performance.now() - startedMs) };
    for (const record of records) bytes += record.bytes.length;
    await spool.release(stream, last.position);
  }
}

function quantile(values: readonly number[], level: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(level * values.length)] ?? Number.NaN;
}
