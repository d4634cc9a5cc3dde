import type { ErasureStore, SecretStore } from "../../domain/keeping/erasure.ts";
import type { RetirementStore } from "../../domain/keeping/retention.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** What was erased, system by system. Append-only. */
export function createErasureStore(database: ControlDatabase): ErasureStore {
  return {
    record: async (erasure) => {
      const { system, at } = erasure;
      await database
        .insertInto("erasures")
        .values({ system, at, body: toBody(erasure) })
        .execute();
    },
    list: async (system) => {
      const query = database.selectFrom("erasures").select("body").where("system", "=", system);
      return (await query.orderBy("position", "desc").execute()).map((row) => row.body);
    },
  };
}

/** What retention dropped, system by system. Append-only. */
export function createRetirementStore(database: ControlDatabase): RetirementStore {
  return {
    record: async (retirement) => {
      const { system, at } = retirement;
      await database
        .insertInto("retirements")
        .values({ system, at, body: toBody(retirement) })
        .execute();
    },
    list: async (system) => {
      const query = database.selectFrom("retirements").select("body").where("system", "=", system);
      return (await query.orderBy("position", "desc").execute()).map((row) => row.body);
    },
  };
}

/** Keys that the server makes for itself. The first value of a name stays. */
export function createSecretStore(database: ControlDatabase): SecretStore {
  return {
    keep: async (name, made) => {
      const insert = database.insertInto("secrets").values({ name, value: made });
      await insert.onConflict((conflict) => conflict.column("name").doNothing()).execute();
      const query = database.selectFrom("secrets").select("value").where("name", "=", name);
      return (await query.executeTakeFirstOrThrow()).value;
    },
  };
}
