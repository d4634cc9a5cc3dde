import type { Clock } from "../../domain/instant.ts";
import { type Outcome, outcomeLine, type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import type { Spool } from "../../domain/spool/spool.ts";
import type { System } from "../../domain/system/system.ts";

const encoder = new TextEncoder();

/** Makes predictions durable. When the promise resolves they are on disk and will reach the store. @throws Fault `spool-full`, `spool-unwritable`. */
export async function takePredictions(
  ports: { readonly spool: Spool; readonly clock: Clock },
  system: System,
  predictions: readonly Prediction[],
): Promise<void> {
  if (predictions.length === 0) return;
  await ports.spool.append(`predictions:${system.name}`, {
    rows: predictions.length,
    bytes: linesOf(predictions, predictionLine),
    receivedAt: ports.clock.now(),
  });
}

/** Makes outcomes durable. @throws Fault `spool-full`, `spool-unwritable`. */
export async function takeOutcomes(
  ports: { readonly spool: Spool; readonly clock: Clock },
  system: System,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await ports.spool.append(`outcomes:${system.name}`, {
    rows: outcomes.length,
    bytes: linesOf(outcomes, outcomeLine),
    receivedAt: ports.clock.now(),
  });
}

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
