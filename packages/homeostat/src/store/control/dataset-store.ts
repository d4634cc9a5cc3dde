import type { DatasetStore } from "../../domain/dataset/dataset.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Records of immutable snapshots: the first save of a digest counts. Lists are newest first. */
export function createDatasetStore(database: ControlDatabase): DatasetStore {
  return {
    save: async (dataset) => {
      const { system, digest, createdAt } = dataset;
      await database
        .insertInto("datasets")
        .values({ system, digest, created_at: createdAt, body: toBody(dataset) })
        .onConflict((conflict) => conflict.columns(["system", "digest"]).doNothing())
        .execute();
    },
    replace: async (dataset) => {
      const { system, digest } = dataset;
      const query = database
        .updateTable("datasets")
        .set({ body: toBody(dataset) })
        .where("system", "=", system);
      await query.where("digest", "=", digest).execute();
    },
    get: async (system, digest) => {
      const query = database.selectFrom("datasets").select("body").where("system", "=", system);
      return (await query.where("digest", "=", digest).executeTakeFirst())?.body;
    },
    list: async (system) => {
      const query = database.selectFrom("datasets").select("body").where("system", "=", system);
      const rows = await query.orderBy("created_at", "desc").orderBy("digest").execute();
      return rows.map((row) => row.body);
    },
  };
}
