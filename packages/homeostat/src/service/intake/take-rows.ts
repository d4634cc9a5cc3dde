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
  const lines = predictions.map(predictionLine);
  await ports.spool.append(`predictions:${system.name}`, {
    rows: predictions.length,
    bytes: encoder.encode(`${lines.join("\n")}\n`),
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
  const lines = outcomes.map(outcomeLine);
  await ports.spool.append(`outcomes:${system.name}`, {
    rows: outcomes.length,
    bytes: encoder.encode(`${lines.join("\n")}\n`),
    receivedAt: ports.clock.now(),
  });
}
