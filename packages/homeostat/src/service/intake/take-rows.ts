import type { FileArrival, SpooledFile } from "../../domain/columnar/columnar.ts";
import { Fault } from "../../domain/fault.ts";
import type { GapKind, GapLog } from "../../domain/gap/gap.ts";
import type { Clock } from "../../domain/instant.ts";
import { type Outcome, outcomeLine, type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import { predictionBlock } from "../../domain/prediction/prediction-block.ts";
import type { QuarantinedRow } from "../../domain/quarantine/quarantine.ts";
import type { FileKind, Spool, SpoolFiles, SpoolStream } from "../../domain/spool/spool.ts";
import type { System } from "../../domain/system/system.ts";

export interface TakePorts {
  readonly spool: Spool;
  readonly gaps: GapLog;
  readonly clock: Clock;
}

const encoder = new TextEncoder();

/**
 * Makes predictions durable. When the promise resolves they are on disk and will reach the store; when it rejects they
 * are counted as a gap. @throws Fault `spool-full`, `spool-old`, `spool-unwritable`.
 */
export async function takePredictions(
  ports: TakePorts,
  system: System,
  predictions: readonly Prediction[],
): Promise<void> {
  await take(
    ports,
    `predictions:${system.name}`,
    predictions.length,
    () => predictionBlock(system.pipeline.inputs, predictions) ?? linesOf(predictions, predictionLine),
  );
}

/** Makes outcomes durable, as {@link takePredictions} does predictions. */
export async function takeOutcomes(ports: TakePorts, system: System, outcomes: readonly Outcome[]): Promise<void> {
  await take(ports, `outcomes:${system.name}`, outcomes.length, () => linesOf(outcomes, outcomeLine));
}

/** Makes refused rows durable on their way to the quarantine, as {@link takePredictions} does predictions. */
export async function takeRefused(ports: TakePorts, system: string, rows: readonly QuarantinedRow[]): Promise<void> {
  await take(ports, `quarantine:${system}`, rows.length, () => linesOf(rows, (row) => JSON.stringify(row)));
}

/**
 * Makes a checked file of rows durable: the file first, then the record that names it, so that a crash between the two
 * leaves a file that the next start sweeps, and never a record without its file.
 * @throws as {@link takePredictions} does; then nothing is left of the file.
 */
export async function takeFile(
  ports: TakePorts & { readonly spoolFiles: SpoolFiles },
  system: string,
  file: { readonly path: string; readonly sizeBytes: number },
  arrival: FileArrival,
  rows: number,
): Promise<void> {
  const { bytes, limitBytes } = ports.spool.state();
  if (bytes + file.sizeBytes > limitBytes) {
    ports.gaps.note(system, "spool-full", rows);
    throw new Fault("spool-full", { bytes, limitBytes });
  }
  const name = await ports.spoolFiles.adopt(file.path, file.sizeBytes).catch((thrown: unknown) => {
    ports.gaps.note(system, "spool-unwritable", rows);
    throw thrown;
  });
  const spooled: SpooledFile = { ...arrival, name, rows };
  const kind: FileKind = arrival.stream === "outcomes" ? "outcome-files" : "prediction-files";
  try {
    await take(ports, `${kind}:${system}`, rows, () => encoder.encode(JSON.stringify(spooled)));
  } catch (thrown) {
    // A record that the disk failed to confirm may be there after a restart, and then needs its file: the sweep decides.
    const isOnDisk = thrown instanceof Fault && thrown.code === "spool-unwritable";
    if (!isOnDisk) await ports.spoolFiles.remove(name).catch(() => undefined);
    throw thrown;
  }
}

/** Lines as the spool held them, put into it once more. */
export async function takeLines(ports: TakePorts, stream: SpoolStream, lines: readonly string[]): Promise<void> {
  await take(ports, stream, lines.length, () => linesOf(lines, (line) => line));
}

async function take(ports: TakePorts, stream: SpoolStream, rows: number, bytes: () => Uint8Array): Promise<void> {
  if (rows === 0) return;
  try {
    await ports.spool.append(stream, { rows, bytes: bytes(), receivedAt: ports.clock.now() });
  } catch (thrown) {
    const kind = thrown instanceof Fault ? gapKinds[thrown.code] : undefined;
    if (kind !== undefined) ports.gaps.note(stream.slice(stream.indexOf(":") + 1), kind, rows);
    throw thrown;
  }
}

const gapKinds: Readonly<Partial<Record<Fault["code"], GapKind>>> = {
  "spool-full": "spool-full",
  "spool-old": "spool-old",
  "spool-unwritable": "spool-unwritable",
};

/** Few enough that the text of a stretch is gone again before the garbage collector has to move it. */
const stretchRows = 256;

/** Rows as newline-terminated lines, made stretch by stretch: one text of a large batch costs half as much again. */
function linesOf<Row>(rows: readonly Row[], lineOf: (row: Row) => string): Uint8Array {
  const stretches: Uint8Array[] = [];
  let length = 0;
  for (let first = 0; first < rows.length; first += stretchRows) {
    let text = "";
    for (const row of rows.slice(first, first + stretchRows)) text += `${lineOf(row)}\n`;
    const bytes = encoder.encode(text);
    stretches.push(bytes);
    length += bytes.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const bytes of stretches) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}
