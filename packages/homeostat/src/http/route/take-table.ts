import type { BatchReceipt } from "@homeostat/protocol";
import { type FileCheck, mostFileRows } from "../../domain/columnar/columnar.ts";
import type { QuarantinedRow, QuarantineStream } from "../../domain/quarantine/quarantine.ts";
import type { System } from "../../domain/system/system.ts";
import { quarantineIdOf } from "../../service/intake/quarantine-id.ts";
import { takeFile, takeRefused } from "../../service/intake/take-rows.ts";
import { type Refusal, refused, type UploadedFile } from "../handler.ts";
import { columnarFormats } from "../read-call.ts";
import type { House } from "./house.ts";
import { type BatchCall, noteClock } from "./take-batch.ts";

const mostNamed = 100;

/**
 * Takes a table of rows: checked by the engine as a whole, then kept as the file it is until the store has its rows.
 * @throws Fault of the engine (nothing is taken then) and of the spool.
 */
export async function takeTable(
  house: House,
  call: BatchCall,
  system: System,
  stream: QuarantineStream,
  body: UploadedFile,
): Promise<{ readonly kind: "ok"; readonly value: BatchReceipt } | Refusal> {
  const format = columnarFormats[body.mediaType];
  if (format === undefined)
    return refused("unsupported-media-type", `${body.mediaType} is no table that is taken here.`);
  const { caller, receivedAt } = call;
  const { environment } = house.predicting;
  const arrival = { stream, format, receivedAt, caller: caller.name, environment };
  const check = await house.columnar.check(body.path, system, arrival);
  if (check.kind === "refused") return refusalOf(check);
  noteClock(house, call, check.newestTime);
  const kept = call.query.quarantine === "false" ? [] : quarantinedOf(call, stream, check.rejected);
  const named = check.rejected.slice(0, mostNamed).map(({ payload: _, ...row }) => row);
  await takeRefused(house, system.name, kept);
  if (check.accepted === 0) return nothingTaken(check.refusedCount, named, kept.length);
  await takeFile(house, system.name, body, check.arrival, check.accepted);
  return {
    kind: "ok",
    value: { accepted: check.accepted, refused: named, refusedCount: check.refusedCount, quarantined: kept.length },
  };
}

function refusalOf({ reason, message, issues }: Extract<FileCheck, { kind: "refused" }>): Refusal {
  if (reason === "too-many-rows")
    return refused("too-large", `${message} Send tables of at most ${mostFileRows} rows.`);
  return refused("malformed-body", message, { issues });
}

function nothingTaken(refusedCount: number, named: BatchReceipt["refused"], keptCount: number): Refusal {
  const [first] = named;
  const issues = named.map(({ row, path, expected, found }) => ({ path: `rows[${row - 1}].${path}`, expected, found }));
  const kept = keptCount === 0 ? "" : ` ${keptCount} of them are kept in quarantine.`;
  return refused(
    "malformed-body",
    `${refusedCount} of ${refusedCount} rows are not as expected; the first at ${first?.path}: expected ${first?.expected}, found ${first?.found}.${kept}`,
    { issues },
  );
}

function quarantinedOf(
  call: BatchCall,
  stream: QuarantineStream,
  rejected: Extract<FileCheck, { kind: "checked" }>["rejected"],
): readonly QuarantinedRow[] {
  return rejected.map(({ path, expected, found, payload }) => ({
    id: quarantineIdOf(call.path.system, stream, payload),
    stream,
    form: "row",
    receivedAt: call.receivedAt,
    caller: call.caller.name,
    reason: "shape",
    path,
    expected,
    found,
    payload,
  }));
}
