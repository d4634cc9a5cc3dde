import type { Selectable } from "kysely";
import { invariant } from "../../domain/invariant.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import { type ControlDatabase, inTransaction, nextNumber } from "./control-database.ts";
import type { ReleasesTable } from "./schema/releases.ts";

/**
 * Releases of every system. Drafting and going live take turns per system on its counter row, on every replica. A
 * draft with an id that the system already has is that release: senders of monitor-only systems repeat themselves.
 */
export function createReleaseStore(database: ControlDatabase): ReleaseStore {
  return {
    createDraft: (draft) => inTransaction(database, (inside) => createDraft(inside, draft)),
    attachBaseline: async (system, id, baseline) => {
      const query = database.updateTable("releases").set({ baseline }).where("system", "=", system);
      const result = await query.where("id", "=", id).executeTakeFirst();
      invariant(result.numUpdatedRows === 1n, `system ${system} has no release ${id}`);
    },
    goLive: (system, id, at) => inTransaction(database, (inside) => goLive(inside, system, id, at)),
    live: async (system) => {
      const query = database.selectFrom("releases").selectAll().where("system", "=", system);
      const row = await query.where("stage", "=", "live").executeTakeFirst();
      return row && fromRow(row);
    },
    get: (system, id) => find(database, system, id),
    list: async (system) => {
      const query = database.selectFrom("releases").selectAll().where("system", "=", system);
      return (await query.orderBy("number", "desc").execute()).map(fromRow);
    },
  };
}

async function createDraft(
  inside: ControlDatabase,
  draft: Parameters<ReleaseStore["createDraft"]>[0],
): Promise<Release> {
  await holdTurn(inside, draft.system);
  const known = draft.id === undefined ? undefined : await find(inside, draft.system, draft.id);
  if (known !== undefined) return known;
  const number = await nextNumber(inside, counterOf(draft.system));
  const row = await inside
    .insertInto("releases")
    .values({
      system: draft.system,
      id: draft.id ?? `${draft.system}-${number}`,
      number,
      stage: "draft",
      model: draft.model ?? null,
      pipeline: draft.pipeline,
      baseline: null,
      note: draft.note,
      created_at: draft.createdAt,
      live_since: null,
      retired_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromRow(row);
}

async function goLive(inside: ControlDatabase, system: string, id: string, at: number): Promise<Release> {
  await holdTurn(inside, system);
  const release = await find(inside, system, id);
  invariant(release, `system ${system} has no release ${id}`);
  if (release.stage === "live") return release;
  await inside
    .updateTable("releases")
    .set({ stage: "retired", retired_at: at })
    .where("system", "=", system)
    .where("stage", "=", "live")
    .execute();
  const row = await inside
    .updateTable("releases")
    .set({ stage: "live", live_since: at, retired_at: null })
    .where("system", "=", system)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromRow(row);
}

/** Locks the system's counter row until commit, making it first where there is none. */
async function holdTurn(inside: ControlDatabase, system: string): Promise<void> {
  await inside
    .insertInto("counters")
    .values({ name: counterOf(system), value: 0 })
    .onConflict((conflict) => conflict.column("name").doUpdateSet((row) => ({ value: row.ref("counters.value") })))
    .execute();
}

function counterOf(system: string): string {
  return `releases of ${system}`;
}

async function find(database: ControlDatabase, system: string, id: string): Promise<Release | undefined> {
  const query = database.selectFrom("releases").selectAll().where("system", "=", system);
  const row = await query.where("id", "=", id).executeTakeFirst();
  return row && fromRow(row);
}

function fromRow(row: Selectable<ReleasesTable>): Release {
  return {
    id: row.id,
    system: row.system,
    number: row.number,
    stage: row.stage,
    model: row.model ?? undefined,
    pipeline: row.pipeline,
    baseline: row.baseline ?? undefined,
    note: row.note,
    createdAt: row.created_at,
    liveSince: row.live_since ?? undefined,
    retiredAt: row.retired_at ?? undefined,
  };
}
