import { createHash } from "node:crypto";
import type { AuditLog } from "../../domain/audit.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { DatasetStore } from "../../domain/dataset/dataset.ts";
import type { DatasetShelf } from "../../domain/dataset/dataset-shelf.ts";
import type { Clock } from "../../domain/instant.ts";
import type { Erasure, ErasureStore } from "../../domain/keeping/erasure.ts";
import type { RowKeeper } from "../../domain/keeping/row-keeper.ts";
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
  const { subject, ...counted } = await ports.gate.exclusive(() => ports.rows.eraseSubject(system, entity, at));
  const datasets: { dataset: string; rows: number }[] = [];
  for (const dataset of await ports.datasets.list(system.name)) {
    const { rows } = await ports.shelf.erase(system, dataset, { entity, hash: subject, at });
    if (rows > 0) datasets.push({ dataset: dataset.digest, rows });
  }
  const erasure: Erasure = { system: system.name, at, subject, actor, ...counted, datasets };
  await ports.transaction((inside) => record(inside, erasure));
  return { kind: "erased", erasure };
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
