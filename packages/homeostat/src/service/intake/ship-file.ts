import type { SpooledFile } from "../../domain/columnar/columnar.ts";
import { Fault } from "../../domain/fault.ts";
import type { Instant } from "../../domain/instant.ts";
import type { SpooledRecord } from "../../domain/spool/spool.ts";
import type { System } from "../../domain/system/system.ts";
import { type SplittingPorts, storeSplitting } from "./store-splitting.ts";

/** Rows of a file that are looked at together when the engine refuses some of the whole. */
const pieceBytes = 8 * 1024 * 1024;
const newline = 0x0a;

/** The file that a record stands for. */
export function fileOf(record: Pick<SpooledRecord, "bytes">): SpooledFile {
  return JSON.parse(new TextDecoder().decode(record.bytes)) as SpooledFile;
}

/**
 * Stores the rows of a file set-based, and answers the windows they touched. Where the engine refuses rows among them,
 * they travel as lines, piece by piece, until the bad ones stand alone. @throws what `storeSplitting` does.
 */
export async function storeSpooledFile(
  ports: SplittingPorts,
  system: System,
  file: SpooledFile,
): Promise<readonly Instant[]> {
  try {
    return (await ports.events.storeFile(system, file)).touched;
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== "rows-refused") throw thrown;
  }
  const touched = new Set<Instant>();
  for await (const bytes of wholeLines(await ports.events.linesOfFile(system, file))) {
    const record: SpooledRecord = { rows: 0, bytes, receivedAt: file.receivedAt, position: 0 };
    for (const window of await storeSplitting(ports, file.stream, system, [record])) touched.add(window);
  }
  return [...touched];
}

/** Pieces of some megabytes that end where a line ends. */
async function* wholeLines(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const block of blocks) {
    held.push(block);
    heldBytes += block.length;
    if (heldBytes < pieceBytes) continue;
    const whole = Buffer.concat(held);
    const end = whole.lastIndexOf(newline) + 1;
    if (end > 0) yield whole.subarray(0, end);
    held = [whole.subarray(end)];
    heldBytes = whole.length - end;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
