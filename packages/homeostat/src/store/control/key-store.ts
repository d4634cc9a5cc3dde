import type { Selectable } from "kysely";
import type { ApiKey, KeyStore } from "../../domain/key/api-key.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";
import type { ApiKeysTable } from "./schema/keys.ts";

/** Keys, sign-in tokens and sessions, by the hash of their secrets. Something expires when its time has come, not after. */
export function createKeyStore(database: ControlDatabase): KeyStore {
  return {
    save: async (key, secretHash) => {
      const { name, scopes, systems } = key;
      const row = {
        id: key.id,
        secret_hash: secretHash,
        created_at: key.createdAt,
        last_used_at: key.lastUsedAt ?? null,
        revoked_at: key.revokedAt ?? null,
        body: toBody({ name, scopes, systems }),
      };
      await database.insertInto("api_keys").values(row).execute();
    },
    byHash: async (secretHash) => {
      const query = database.selectFrom("api_keys").selectAll().where("secret_hash", "=", secretHash);
      const row = await query.where("revoked_at", "is", null).executeTakeFirst();
      return row && fromRow(row);
    },
    list: async () => {
      const query = database.selectFrom("api_keys").selectAll();
      return (await query.orderBy("created_at").orderBy("id").execute()).map(fromRow);
    },
    revoke: (id, at) => revoke(database, id, at),
    markUsed: async (id, at) => {
      await database
        .updateTable("api_keys")
        .set({ last_used_at: at })
        .where("id", "=", id)
        .where((is) => is.or([is("last_used_at", "is", null), is("last_used_at", "<", at)]))
        .execute();
    },
    saveSignInToken: async (tokenHash, expiresAt) => {
      await database.insertInto("sign_in_tokens").values({ token_hash: tokenHash, expires_at: expiresAt }).execute();
    },
    consumeSignInToken: (tokenHash, at) => inTransaction(database, (inside) => consumeSignIn(inside, tokenHash, at)),
    saveSession: async (session, tokenHash) => {
      const row = { token_hash: tokenHash, expires_at: session.expiresAt, body: toBody(session) };
      await database.insertInto("sessions").values(row).execute();
    },
    session: async (tokenHash, at) => {
      const query = database.selectFrom("sessions").select("body").where("token_hash", "=", tokenHash);
      return (await query.where("expires_at", ">", at).executeTakeFirst())?.body;
    },
    endSession: async (tokenHash) => {
      await database.deleteFrom("sessions").where("token_hash", "=", tokenHash).execute();
    },
  };
}

/** A key revoked before stays revoked at the first time. */
async function revoke(database: ControlDatabase, id: string, at: number): Promise<ApiKey | undefined> {
  const row = await database
    .updateTable("api_keys")
    .set((is) => ({ revoked_at: is.fn.coalesce("revoked_at", is.val(at)) }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Deleting is the test: of two uses at once only one finds the row. What expired meanwhile is swept out with it. */
async function consumeSignIn(inside: ControlDatabase, tokenHash: string, at: number): Promise<boolean> {
  const used = await inside
    .deleteFrom("sign_in_tokens")
    .where("token_hash", "=", tokenHash)
    .where("expires_at", ">", at)
    .executeTakeFirst();
  await inside.deleteFrom("sign_in_tokens").where("expires_at", "<=", at).execute();
  await inside.deleteFrom("sessions").where("expires_at", "<=", at).execute();
  return used.numDeletedRows === 1n;
}

function fromRow(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    id: row.id,
    name: row.body.name,
    scopes: row.body.scopes,
    systems: row.body.systems,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
