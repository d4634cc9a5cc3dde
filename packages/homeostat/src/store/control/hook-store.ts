import type { Selectable } from "kysely";
import type { Hook, HookStore } from "../../domain/hook/hook.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";
import type { HooksTable } from "./schema/hooks.ts";

/** Hooks and what verifies their deliveries. Secrets leave the store only through `get`, to verify. */
export function createHookStore(database: ControlDatabase): HookStore {
  const living = () => database.selectFrom("hooks").selectAll().where("revoked_at", "is", null);
  return {
    save: async ({ id, name, kind, rules, onlyMapped, createdAt, lastUsedAt, revokedAt }, secret) => {
      const row = {
        id,
        secret_kept: secret.kept,
        secret: secret.value,
        created_at: createdAt,
        last_used_at: lastUsedAt ?? null,
        revoked_at: revokedAt ?? null,
        body: toBody({ name, kind, rules, onlyMapped }),
      };
      await database.insertInto("hooks").values(row).execute();
    },
    get: async (id) => {
      const row = await living().where("id", "=", id).executeTakeFirst();
      return row && { hook: fromRow(row), secret: { kept: row.secret_kept, value: row.secret } };
    },
    byHash: async (hash) => {
      const row = await living().where("secret_kept", "=", "hash").where("secret", "=", hash).executeTakeFirst();
      return row && fromRow(row);
    },
    list: async () => {
      const rows = await database.selectFrom("hooks").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map(fromRow);
    },
    revoke: async (id, at) => {
      const row = await database
        .updateTable("hooks")
        .set((is) => ({ revoked_at: is.fn.coalesce("revoked_at", is.val(at)) }))
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirst();
      return row && fromRow(row);
    },
    markUsed: async (id, at) => {
      await database.updateTable("hooks").set({ last_used_at: at }).where("id", "=", id).execute();
    },
  };
}

function fromRow(row: Selectable<HooksTable>): Hook {
  const { name, kind, rules, onlyMapped } = row.body;
  return {
    id: row.id,
    name,
    kind,
    rules: rules.map((rule) => ({
      repository: rule.repository,
      environment: rule.environment,
      service: rule.service,
      component: rule.component,
      kind: rule.kind,
      system: rule.system,
    })),
    onlyMapped,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
