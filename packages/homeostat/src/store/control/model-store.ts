import type { ModelStore } from "../../domain/model/model-store.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Models and pipelines: the first save of a version counts. Lists are newest first. */
export function createModelStore(database: ControlDatabase): ModelStore {
  return {
    save: async (model) => {
      const { system, version, createdAt } = model;
      await database
        .insertInto("models")
        .values({ system, version, created_at: createdAt, body: toBody(model) })
        .onConflict((conflict) => conflict.columns(["system", "version"]).doNothing())
        .execute();
    },
    get: async (system, version) => {
      const query = database.selectFrom("models").select("body").where("system", "=", system);
      return (await query.where("version", "=", version).executeTakeFirst())?.body;
    },
    list: async (system) => {
      const query = database.selectFrom("models").select("body").where("system", "=", system);
      const rows = await query.orderBy("created_at", "desc").orderBy("version").execute();
      return rows.map((row) => row.body);
    },
    savePipeline: async (pipeline) => {
      await database
        .insertInto("pipelines")
        .values({ version: pipeline.version, body: toBody(pipeline) })
        .onConflict((conflict) => conflict.column("version").doNothing())
        .execute();
    },
    pipeline: async (version) => {
      const query = database.selectFrom("pipelines").select("body").where("version", "=", version);
      return (await query.executeTakeFirst())?.body;
    },
  };
}
