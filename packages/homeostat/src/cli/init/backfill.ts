import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "@homeostat/protocol";
import type { Connection } from "../cli.ts";
import { type Delivered, deliverEvents } from "../replay/deliver.ts";
import { createByteSender } from "../send-bytes.ts";
import type { InitTable } from "./init-table.ts";

export interface BackfillResult {
  readonly predictions: number;
  readonly outcomes: number;
  readonly refused: number;
  readonly issues: Problem["issues"];
}

const batchRows = 5_000;
const pollMs = 200;

/** Sends the history: predictions in the order of their time, then outcomes; and waits until the store holds them. */
export async function backfill(
  connection: Connection,
  system: string,
  table: InitTable,
  onProgress: (share: number, note: string) => void,
): Promise<BackfillResult> {
  const sender = createByteSender(connection, 2);
  const total = Math.max(1, table.rows + table.outcomes);
  let done = 0;
  let refused = 0;
  const issues: Problem["issues"] = [];
  const send = async (kind: "predictions" | "outcomes"): Promise<number> => {
    const lines = kind === "predictions" ? table.predictions() : table.outcomesInOrder();
    const onWait = (reason: string): void => onProgress(done / total, `waiting: ${reason}`);
    let accepted = 0;
    try {
      for (;;) {
        const batch = await lines.take(batchRows);
        if (batch.count === 0) return accepted;
        const delivered: Delivered = await deliverEvents(sender, system, kind, batch, { onWait });
        accepted += delivered.accepted;
        refused += delivered.refused;
        issues.push(...delivered.issues.slice(0, Math.max(0, 5 - issues.length)));
        done += batch.count;
        onProgress(done / total, `${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} ${kind}`);
      }
    } finally {
      await lines.close();
    }
  };
  try {
    const predictions = await send("predictions");
    const outcomes = await send("outcomes");
    await untilStored(connection, system, onProgress);
    return { predictions, outcomes, refused, issues };
  } finally {
    await sender.close();
  }
}

async function untilStored(
  { client }: Connection,
  system: string,
  onProgress: (share: number, note: string) => void,
): Promise<void> {
  for (;;) {
    const counts = await client.call("counts", { path: { system } });
    const pending = counts.predictions.pendingInSpool + counts.outcomes.pendingInSpool;
    if (pending === 0) return;
    onProgress(1, `storing, ${pending.toLocaleString("en-US")} rows on the way`);
    await sleep(pollMs);
  }
}
