import type { Cancellation } from "../../domain/cancellation.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { EventStore, StoreReceipt } from "../../domain/prediction/event-store.ts";
import type { Spool, SpooledRecord, SpoolStream } from "../../domain/spool/spool.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import type { WindowStore } from "../../domain/window/window.ts";

export interface ShipperPorts {
  readonly spool: Spool;
  readonly events: EventStore;
  readonly windows: WindowStore;
  readonly systems: SystemStore;
  readonly jobs: JobQueue;
  readonly clock: Clock;
  /** Waits, or returns early when cancelled. */
  readonly sleep: (ms: number, cancellation: Cancellation) => Promise<void>;
}

export type ShipperState =
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

/** Blocks large enough that the fixed cost of storing (a dozen milliseconds) is small, small enough to bound memory. */
const blockLimits = { maxRows: 50_000, maxBytes: 32 * 1024 * 1024 };
const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * Takes rows from the spool to the store and lets go of them only after the store confirmed. A crash in between means
 * the same rows are stored again, which changes nothing. While the store is down it waits with growing pauses and says
 * so in its state; nothing is dropped.
 */
export function createShipper(ports: ShipperPorts): Shipper {
  let shippedRows = 0;
  let lastShippedAt: Instant | undefined;
  let trouble: { readonly since: Instant; readonly reason: string } | undefined;

  async function shipOnce(): Promise<boolean> {
    let shipped = false;
    for (const stream of ports.spool.pendingStreams()) {
      const records = await ports.spool.read(stream, blockLimits);
      if (records.length === 0) continue;
      await shipBlock(ports, stream, records);
      shippedRows += records.reduce((sum, record) => sum + record.rows, 0);
      lastShippedAt = ports.clock.now();
      shipped = true;
    }
    return shipped;
  }

  return {
    state: () =>
      trouble === undefined
        ? { kind: "shipping", shippedRows, lastShippedAt }
        : { kind: "stuck", ...trouble, shippedRows, lastShippedAt },
    async run(cancellation) {
      let waitMs = firstWaitMs;
      while (!cancellation.aborted) {
        try {
          // Asked for before looking, so that a row appended in between is not slept through.
          const appended = ports.spool.waitForAppend(cancellation);
          const shipped = await shipOnce();
          trouble = undefined;
          waitMs = firstWaitMs;
          if (!shipped) await appended;
        } catch (thrown) {
          if (!(thrown instanceof Fault)) throw thrown;
          trouble ??= { since: ports.clock.now(), reason: reasonOf(thrown) };
          await ports.sleep(waitMs, cancellation);
          waitMs = Math.min(longestWaitMs, waitMs * 2);
        }
      }
    },
  };
}

async function shipBlock(ports: ShipperPorts, stream: SpoolStream, records: readonly SpooledRecord[]): Promise<void> {
  const [kind, name = ""] = stream.split(":", 2);
  const stored = await ports.systems.get(name);
  if (stored === undefined)
    throw new Fault("engine-query-failed", {
      reason: `rows wait in the spool for the system ${name}, which is not declared`,
    });
  const receipt = await storeBlock(
    ports.events,
    kind === "outcomes" ? "outcomes" : "predictions",
    stored.system,
    records,
  );
  if (receipt.touched.length > 0) await ports.windows.touch(name, receipt.touched, stored.system.windows.lengthMs);
  const last = records[records.length - 1];
  if (last !== undefined) await ports.spool.release(stream, last.position);
  if (receipt.touched.length > 0) await ports.jobs.send("sense", { system: name }, { singleton: name });
}

function storeBlock(
  events: EventStore,
  kind: "predictions" | "outcomes",
  system: System,
  records: readonly SpooledRecord[],
): Promise<StoreReceipt> {
  const blocks = records.map((record) => record.bytes);
  return kind === "outcomes" ? events.storeOutcomes(system, blocks) : events.storePredictions(system, blocks);
}
