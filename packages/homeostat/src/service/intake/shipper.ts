import type { Cancellation } from "../../domain/cancellation.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";
import type { GapLog } from "../../domain/gap/gap.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { QuarantineStore } from "../../domain/quarantine/quarantine.ts";
import type { Spool, SpooledRecord, SpoolFiles, SpoolKind, SpoolStream } from "../../domain/spool/spool.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import type { QuietGate } from "../keep/quiet-gate.ts";
import { fileOf, storeSpooledFile } from "./ship-file.ts";
import { keepRefused, storeSplitting } from "./store-splitting.ts";

export interface ShipperPorts {
  readonly spool: Spool;
  readonly spoolFiles: SpoolFiles;
  readonly events: EventStore;
  readonly quarantine: QuarantineStore;
  readonly gaps: GapLog;
  readonly windows: WindowStore;
  readonly systems: SystemStore;
  readonly jobs: JobQueue;
  readonly clock: Clock;
  /** A block is stored, noted and let go of without a backup, an erasure or retention seeing it half done. */
  readonly gate: Pick<QuietGate, "shared">;
  /** Waits, or returns early when cancelled. */
  readonly sleep: (ms: number, cancellation: Cancellation) => Promise<void>;
}

type ShipperState =
  | { readonly kind: "shipping"; readonly shippedRows: number; readonly lastShippedAt: Instant | undefined }
  | {
      readonly kind: "stuck";
      readonly since: Instant;
      readonly reason: string;
      readonly shippedRows: number;
      readonly lastShippedAt: Instant | undefined;
    };

export interface Shipper {
  /** Works until cancelled. */
  run(cancellation: Cancellation): Promise<void>;
  state(): ShipperState;
}

/**
 * Blocks large enough that the fixed cost of storing (a dozen milliseconds, and one look at the hashes of all ids) is
 * small, small enough to bound memory.
 */
const blockLimits = { maxRows: 100_000, maxBytes: 32 * 1024 * 1024 };
/**
 * After a block smaller than this, rows gather for some times as long as the block took: a block costs half a dozen
 * statements and a part on disk whatever its size, and shipping must not take the machine from those who send.
 */
const fullBlockRows = 5_000;
const gatherTimes = 4;
/** Files of one stream that are stored before the others have their turn: many small ones must not wait for a pause each. */
const filesInRound = 32;
const longestGatherMs = 500;
const firstWaitMs = 100;
const longestWaitMs = 5_000;

/** A stream whose block was not taken: since when, why, and when it is tried again. */
interface Trouble {
  readonly since: Instant;
  readonly reason: string;
  readonly waitMs: number;
  readonly retryAt: Instant;
}

/**
 * Takes rows from the spool to the store and lets go of them only after the store confirmed. A crash in between means
 * the same rows are stored again, which changes nothing. A stream whose block is not taken rests with growing pauses and
 * says so in the state, while the other streams go on; nothing is dropped. Rows that the engine refuses for good go to
 * the quarantine, and the rest of their block is stored.
 */
export function createShipper(ports: ShipperPorts): Shipper {
  const troubles = new Map<SpoolStream, Trouble>();
  let shippedRows = 0;
  let lastShippedAt: Instant | undefined;

  async function shipStream(stream: SpoolStream): Promise<number> {
    try {
      const records = await ports.spool.read(stream, isFiles(stream) ? oneRecord : blockLimits);
      const rows = records.reduce((sum, record) => sum + record.rows, 0);
      if (records.length > 0) {
        await ports.gate.shared(() => shipBlock(ports, stream, records));
        shippedRows += rows;
        lastShippedAt = ports.clock.now();
      }
      troubles.delete(stream);
      return rows;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const known = troubles.get(stream);
      const now = ports.clock.now();
      const waitMs = known === undefined ? firstWaitMs : Math.min(longestWaitMs, known.waitMs * 2);
      troubles.set(stream, { since: known?.since ?? now, reason: reasonOf(thrown), waitMs, retryAt: now + waitMs });
      return 0;
    }
  }

  /**
   * One block of every stream that is not resting, and some files, which cannot be gathered into a block. Returns the rows
   * of the largest block, 0 when there was none.
   */
  async function shipRound(): Promise<number> {
    let largest = 0;
    for (const stream of ports.spool.pendingStreams()) {
      if ((troubles.get(stream)?.retryAt ?? 0) > ports.clock.now()) continue;
      let blocks = isFiles(stream) ? filesInRound : 1;
      for (let rows = 1; rows > 0 && blocks > 0; blocks--) {
        rows = await shipStream(stream);
        largest = Math.max(largest, rows);
      }
    }
    return largest;
  }

  /** Until something is appended, or the first resting stream may be tried again. */
  async function rest(appended: Promise<void>, cancellation: Cancellation): Promise<void> {
    const retryAt = Math.min(...[...troubles.values()].map((trouble) => trouble.retryAt));
    if (retryAt === Number.POSITIVE_INFINITY) return appended;
    const enough = new AbortController();
    const stop = (): void => enough.abort();
    cancellation.addEventListener("abort", stop, { once: true });
    if (cancellation.aborted) stop();
    await Promise.race([appended, ports.sleep(Math.max(1, retryAt - ports.clock.now()), enough.signal)]);
    cancellation.removeEventListener("abort", stop);
    stop();
  }

  return {
    state: () => {
      const [longest] = [...troubles].sort(([, left], [, right]) => left.since - right.since);
      if (longest === undefined) return { kind: "shipping", shippedRows, lastShippedAt };
      const [stream, { since, reason }] = longest;
      return { kind: "stuck", since, reason: `${stream}: ${reason}`, shippedRows, lastShippedAt };
    },
    async run(cancellation) {
      let appended: Promise<void> | undefined;
      while (!cancellation.aborted) {
        // Asked for before looking, so that a row appended in between is not slept through; asked for once until it comes.
        appended ??= ports.spool.waitForAppend(cancellation).then(() => {
          appended = undefined;
        });
        const waiting = appended;
        const startedAt = ports.clock.now();
        const largest = await shipRound();
        const tookMs = ports.clock.now() - startedAt;
        if (largest === 0) await rest(waiting, cancellation);
        else if (largest < fullBlockRows)
          await ports.sleep(Math.min(longestGatherMs, gatherTimes * tookMs), cancellation);
      }
    },
  };
}

/** A file is stored as a whole, and may be as large as memory allows. */
const oneRecord = { maxRows: 1, maxBytes: 1 };

const isFiles = (stream: SpoolStream): boolean =>
  stream.startsWith("prediction-files:") || stream.startsWith("outcome-files:");

async function storeRecords(
  ports: ShipperPorts,
  kind: SpoolKind,
  system: System,
  records: readonly SpooledRecord[],
): Promise<readonly Instant[]> {
  switch (kind) {
    case "quarantine":
      return await keepRefused(ports, system.name, records);
    case "predictions":
    case "outcomes":
      return await storeSplitting(ports, kind, system, records);
    case "prediction-files":
    case "outcome-files": {
      const touched: Instant[] = [];
      for (const record of records) {
        const file = fileOf(record);
        // Somebody removed it: the tables behind it must not wait for ever.
        if (ports.spoolFiles.has(file.name)) touched.push(...(await storeSpooledFile(ports, system, file)));
        else ports.gaps.note(system.name, "file-lost", record.rows);
      }
      return [...new Set(touched)];
    }
  }
}

async function shipBlock(ports: ShipperPorts, stream: SpoolStream, records: readonly SpooledRecord[]): Promise<void> {
  const [kind, name = ""] = stream.split(":", 2) as [SpoolKind, string?];
  const stored = await ports.systems.get(name);
  if (stored === undefined)
    throw new Fault("engine-query-failed", {
      reason: `rows wait in the spool for the system ${name}, which is not declared`,
    });
  const touched = await storeRecords(ports, kind, stored.system, records);
  if (touched.length > 0) await ports.windows.touch(name, touched, stored.system.windows.lengthMs);
  const last = records[records.length - 1];
  if (last !== undefined) await ports.spool.release(stream, last.position);
  // Only now: a file without a record is swept at the next start, a record without a file would be lost rows.
  if (isFiles(stream)) for (const record of records) await ports.spoolFiles.remove(fileOf(record).name);
  if (touched.length > 0) await ports.jobs.send("sense", { system: name }, { singleton: name });
}
