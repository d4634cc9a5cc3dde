import type { BatchReceipt } from "@homeostat/protocol";
import type { QuarantinedRow, QuarantineStream } from "../../domain/quarantine/quarantine.ts";
import { quarantineIdOf } from "../../service/intake/quarantine-id.ts";
import { takeRefused } from "../../service/intake/take-rows.ts";
import type { Call, Refusal } from "../handler.ts";
import type { RejectedRow, RowReading } from "../read-rows.ts";
import type { House } from "./house.ts";

export type BatchCall = Call<"sendPredictions"> | Call<"sendOutcomes">;

/**
 * Makes the good rows of a batch durable, and its bad ones too, on their way to the quarantine: the receipt says how
 * many. A batch without one good row is refused as a whole, and its rows are kept all the same.
 * @throws Fault of the spool; then nothing was acknowledged.
 */
export async function takeBatch<Row>(
  house: House,
  call: BatchCall,
  stream: QuarantineStream,
  reading: RowReading<Row>,
  take: (rows: readonly Row[]) => Promise<void>,
): Promise<{ readonly kind: "ok"; readonly value: BatchReceipt } | Refusal> {
  noteClock(house, call, reading.newestTime);
  const isKept = call.query.quarantine !== "false";
  const refused = isKept ? quarantinedOf(call, stream, reading.rejected ?? []) : [];
  const keeping = takeRefused(house, call.path.system, refused);
  if (reading.kind === "refused") {
    await keeping;
    const { rejected: _, newestTime: __, ...refusal } = reading;
    return refused.length === 0
      ? refusal
      : { ...refusal, detail: `${refusal.detail} ${refused.length} of them are kept in quarantine.` };
  }
  // At once, so that one fsync serves both; but both are waited for.
  const [taken, kept] = await Promise.allSettled([take(reading.rows), keeping]);
  if (taken.status === "rejected") throw taken.reason;
  if (kept.status === "rejected") throw kept.reason;
  return {
    kind: "ok",
    value: {
      accepted: reading.rows.length,
      refused: [...reading.refused],
      refusedCount: reading.refusedCount,
      quarantined: refused.length,
    },
  };
}

/** Live traffic tells how a sender's clock goes: by its own word, or by events that have not happened yet. */
export function noteClock(
  house: Pick<House, "skews">,
  call: Pick<BatchCall, "caller" | "receivedAt" | "clockAheadMs">,
  newestTime: number | undefined,
): void {
  const { caller, receivedAt, clockAheadMs } = call;
  if (clockAheadMs !== undefined) house.skews.note(caller.name, "date-header", clockAheadMs, receivedAt);
  if (newestTime !== undefined && newestTime > receivedAt)
    house.skews.note(caller.name, "event-time", newestTime - receivedAt, receivedAt);
}

export function quarantinedOf(
  call: Pick<BatchCall, "path" | "receivedAt" | "caller">,
  stream: QuarantineStream,
  rejected: readonly RejectedRow[],
): readonly QuarantinedRow[] {
  return rejected.map(({ reason, text, path, expected, found }) => ({
    id: quarantineIdOf(call.path.system, stream, text),
    stream,
    form: "row",
    receivedAt: call.receivedAt,
    caller: call.caller.name,
    reason,
    path,
    expected,
    found,
    payload: text,
  }));
}
