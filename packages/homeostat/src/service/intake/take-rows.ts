import { Fault } from "../../domain/fault.ts";
import type { GapKind, GapLog } from "../../domain/gap/gap.ts";
import type { Clock } from "../../domain/instant.ts";
import { type Outcome, outcomeLine, type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import type { QuarantinedRow } from "../../domain/quarantine/quarantine.ts";
import type { Spool, SpoolStream } from "../../domain/spool/spool.ts";
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
  await take(ports, `predictions:${system.name}`, predictions.length, () => linesOf(predictions, predictionLine));
}

/** Makes outcomes durable, as {@link takePredictions} does predictions. */
export async function takeOutcomes(ports: TakePorts, system: System, outcomes: readonly Outcome[]): Promise<void> {
  await take(ports, `outcomes:${system.name}`, outcomes.length, () => linesOf(outcomes, outcomeLine));
}

/** Makes refused rows durable on their way to the quarantine, as {@link takePredictions} does predictions. */
export async function takeRefused(ports: TakePorts, system: string, rows: readonly QuarantinedRow[]): Promise<void> {
  await take(ports, `quarantine:${system}`, rows.length, () => linesOf(rows, (row) => JSON.stringify(row)));
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
