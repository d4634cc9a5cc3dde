import type { Owner, StoredSystem, System, SystemStore } from "../../domain/system/system.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";

/**
 * Declarations of systems; an older version stays in `system_versions`. Owners are added or replaced by name, so that
 * two teams may declare theirs apart; none is removed.
 */
export function createSystemStore(database: ControlDatabase): SystemStore {
  return {
    save: (system, digest, at) =>
      inTransaction(database, async (inside) => {
        const row = { name: system.name, digest, applied_at: at, body: toBody(system) };
        await inside
          .insertInto("systems")
          .values(row)
          .onConflict((conflict) => conflict.column("name").doUpdateSet({ digest, applied_at: at, body: row.body }))
          .execute();
        await inside.insertInto("system_versions").values(row).execute();
      }),
    get: async (name) => {
      const row = await database.selectFrom("systems").selectAll().where("name", "=", name).executeTakeFirst();
      return row && fromRow(row);
    },
    list: async () => (await database.selectFrom("systems").selectAll().orderBy("name").execute()).map(fromRow),
    versions: async (name) => {
      const query = database.selectFrom("system_versions").selectAll().where("name", "=", name);
      return (await query.orderBy("position").execute()).map(fromRow);
    },
    saveOwners: (owners) => saveOwners(database, owners),
    owners: async () => {
      const rows = await database.selectFrom("owners").select("body").orderBy("name").execute();
      return rows.map((row) => row.body);
    },
  };
}

async function saveOwners(database: ControlDatabase, owners: readonly Owner[]): Promise<void> {
  if (owners.length === 0) return;
  // The last of two owners with one name counts: a statement may not touch a row twice.
  const rows = [...new Map(owners.map((owner) => [owner.name, { name: owner.name, body: toBody(owner) }])).values()];
  await database
    .insertInto("owners")
    .values(rows)
    .onConflict((conflict) => conflict.column("name").doUpdateSet((row) => ({ body: row.ref("excluded.body") })))
    .execute();
}

function fromRow(row: { readonly body: System; readonly digest: string; readonly applied_at: number }): StoredSystem {
  return { system: row.body, digest: row.digest, appliedAt: row.applied_at };
}
