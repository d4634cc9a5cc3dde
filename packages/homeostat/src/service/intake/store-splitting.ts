import { Fault, reasonOf } from "../../domain/fault.ts";
import type { GapLog } from "../../domain/gap/gap.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import { isPredictionBlock, linesOfBlock } from "../../domain/prediction/prediction-block.ts";
import type { QuarantinedRow, QuarantineStore, QuarantineStream } from "../../domain/quarantine/quarantine.ts";
import type { SpooledRecord } from "../../domain/spool/spool.ts";
import type { System } from "../../domain/system/system.ts";
import { quarantineIdOf } from "./quarantine-id.ts";

export interface SplittingPorts {
  readonly events: EventStore;
  readonly quarantine: QuarantineStore;
  readonly gaps: GapLog;
  readonly clock: Clock;
}

/** More than so many in one block are no single bad rows: something is wrong with all of them, and people must look. */
const mostRefused = 500;

/**
 * Stores a block and answers the windows it touched. Where the engine refuses rows for good, the block is halved until
 * the bad ones stand alone; they go to the quarantine, all others are stored. Halves may be stored again after a crash:
 * that changes nothing. Cost: one statement a block; with bad rows about 2 log2(rows) for each of them.
 * @throws Fault of the store, `quarantine-full`, `rows-refused` when there are more than 500 bad rows.
 */
export async function storeSplitting(
  ports: SplittingPorts,
  stream: QuarantineStream,
  system: System,
  records: readonly SpooledRecord[],
): Promise<readonly Instant[]> {
  const store = async (blocks: readonly Uint8Array[]): Promise<readonly Instant[]> =>
    (
      await (stream === "outcomes"
        ? ports.events.storeOutcomes(system, blocks)
        : ports.events.storePredictions(system, blocks))
    ).touched;
  const blocks = records.map((record) => record.bytes);
  try {
    return await store(blocks);
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
  }
  const lines = linesOf(blocks);
  const touched = new Set<Instant>();
  const refused: QuarantinedRow[] = [];
  const storeRange = async (from: number, to: number): Promise<void> => {
    try {
      for (const window of await store(lines.slice(from, to))) touched.add(window);
    } catch (thrown) {
      if (!isRefusal(thrown) || refused.length >= mostRefused) throw thrown;
      if (to - from === 1) refused.push(refusedLine(ports, system.name, stream, lines[from], reasonOf(thrown)));
      else {
        const middle = Math.floor((from + to) / 2);
        await storeRange(from, middle);
        await storeRange(middle, to);
      }
    }
  };
  await storeRange(0, lines.length);
  const { noRoom } = await ports.quarantine.keep(system.name, refused);
  // These were acknowledged: they wait in the spool until there is room.
  if (noRoom > 0) throw new Fault("quarantine-full", { system: system.name, rows: noRoom });
  return [...touched];
}

/** Brings refused rows from the spool to the quarantine. Those without room were never acknowledged as taken: they are counted. */
export async function keepRefused(
  ports: SplittingPorts,
  system: string,
  records: readonly SpooledRecord[],
): Promise<readonly Instant[]> {
  const text = records.map((record) => new TextDecoder().decode(record.bytes)).join("");
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as QuarantinedRow);
  const { noRoom } = await ports.quarantine.keep(system, rows);
  if (noRoom > 0) ports.gaps.note(system, "quarantine-full", noRoom);
  return [];
}

const isRefusal = (thrown: unknown): thrown is Fault => thrown instanceof Fault && thrown.code === "rows-refused";

function refusedLine(
  ports: SplittingPorts,
  system: string,
  stream: QuarantineStream,
  line: Uint8Array | undefined,
  found: string,
): QuarantinedRow {
  const payload = new TextDecoder().decode(line).trimEnd();
  return {
    id: quarantineIdOf(system, stream, payload),
    stream,
    form: "line",
    receivedAt: ports.clock.now(),
    caller: callerOf(payload),
    reason: "engine",
    path: "",
    expected: "a row that the data engine can store",
    found: found.slice(0, 500),
    payload,
  };
}

function callerOf(line: string): string {
  try {
    const { caller } = JSON.parse(line) as { caller?: unknown };
    return typeof caller === "string" ? caller : "";
  } catch {
    return "";
  }
}

const newline = 0x0a;

/** The lines of records, each with its newline. */
function linesOf(records: readonly Uint8Array[]): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (const block of records) {
    if (isPredictionBlock(block)) {
      for (const line of linesOfBlock(block)) lines.push(new TextEncoder().encode(`${line}\n`));
      continue;
    }
    for (let start = 0; start < block.length; ) {
      const found = block.indexOf(newline, start);
      const end = found < 0 ? block.length : found + 1;
      lines.push(block.subarray(start, end));
      start = end;
    }
  }
  return lines;
}
