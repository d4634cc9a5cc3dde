import { createHash } from "node:crypto";
import type { AuditLog } from "../../domain/audit.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { DatasetStore } from "../../domain/dataset/dataset.ts";
import type { DatasetShelf } from "../../domain/dataset/dataset-shelf.ts";
import { Fault } from "../../domain/fault.ts";
import type { InferenceHalves } from "../../domain/inference/inference-half.ts";
import type { Clock } from "../../domain/instant.ts";
import type { Erasure, ErasureStore } from "../../domain/keeping/erasure.ts";
import type { RowKeeper } from "../../domain/keeping/row-keeper.ts";
import { holdsSubject, subjectFieldOf, subjectTextOf } from "../../domain/keeping/subject-text.ts";
import type { Spool } from "../../domain/spool/spool.ts";
import type { System } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";
import type { QuietGate } from "./quiet-gate.ts";

interface ErasureNouns {
  readonly erasures: ErasureStore;
  readonly changes: ChangeStore;
  readonly audit: AuditLog;
}

export interface ErasePorts {
  readonly rows: RowKeeper;
  readonly shelf: DatasetShelf;
  readonly datasets: DatasetStore;
  readonly gate: QuietGate;
  readonly halves: Pick<InferenceHalves, "removeWhere">;
  readonly spool: Pick<Spool, "oldestOf">;
  readonly sleep: (ms: number) => Promise<void>;
  readonly transaction: Transact<ErasureNouns>;
  readonly clock: Clock;
}

export type ErasureOutcome =
  | { readonly kind: "erased"; readonly erasure: Erasure }
  | { readonly kind: "refused"; readonly reason: "no-entity"; readonly message: string };

/**
 * Takes one subject's rows out of the event tables, frozen references, quarantine and every dataset of the system. The id
 * is written nowhere: audit log, change and tombstones hold its keyed hash. Order: what must not come back is remembered,
 * then events are deleted while nothing is stored, then datasets are rewritten one by one. Cut off or failed in between,
 * the same call finishes it.
 * @throws Fault of the engine or the place of datasets, `dataset-damaged`.
 */
export async function eraseSubject(
  ports: ErasePorts,
  system: System,
  entity: string,
  actor: string,
): Promise<ErasureOutcome> {
  if (system.entity === undefined) {
    const message = `${system.name} does not declare which field names the subject; add \`entity: <field>\` to its declaration`;
    return { kind: "refused", reason: "no-entity", message };
  }
  const at = ports.clock.now();
  const text = subjectTextOf(entity, subjectFieldOf(system));
  const halves = text === undefined ? 0 : await ports.halves.removeWhere(system.name, (one) => holdsSubject(one, text));
  await refusedRowsAreKept(ports, system.name, at);
  const { subject, ...rows } = await ports.gate.exclusive(() => ports.rows.eraseSubject(system, entity, at));
  const counted = { ...rows, quarantined: rows.quarantined + halves };
  const datasets: { dataset: string; rows: number }[] = [];
  for (const dataset of await ports.datasets.list(system.name)) {
    const { rows } = await ports.shelf.erase(system, dataset, { entity, hash: subject, at });
    if (rows > 0) datasets.push({ dataset: dataset.digest, rows });
  }
  const erasure: Erasure = { system: system.name, at, subject, actor, ...counted, datasets };
  await ports.transaction((inside) => record(inside, erasure));
  return { kind: "erased", erasure };
}

const longestWaitMs = 20_000;
const lookEveryMs = 50;

/** Rows that were refused before wait in the spool on their way to the quarantine, and must be found there. */
async function refusedRowsAreKept(ports: ErasePorts, system: string, at: number): Promise<void> {
  const oldest = (): number => ports.spool.oldestOf(`quarantine:${system}`) ?? Number.POSITIVE_INFINITY;
  for (let waitedMs = 0; oldest() <= at; waitedMs += lookEveryMs) {
    if (waitedMs > longestWaitMs)
      throw new Fault("engine-unavailable", {
        reason: `refused rows of ${system} still wait for the quarantine; nothing was erased yet`,
      });
    await ports.sleep(lookEveryMs);
  }
}

async function record(inside: ErasureNouns, erasure: Erasure): Promise<void> {
  const { system, at, actor, subject, ...detail } = erasure;
  await inside.erasures.record(erasure);
  await inside.audit.append({
    at,
    actor,
    act: "erase-subject",
    subject: `system:${system}`,
    detail: { subject, ...detail },
  });
  await inside.changes.record({
    id: `erasure-${createHash("sha256").update(`${system}|${subject}|${at}`).digest("hex").slice(0, 16)}`,
    component: `system:${system}`,
    kind: "policy",
    title: `rows of one subject were erased: ${detail.predictions} predictions, ${detail.datasets.length} datasets`,
    time: at,
    recordedAt: at,
    actor,
    system,
  });
}
