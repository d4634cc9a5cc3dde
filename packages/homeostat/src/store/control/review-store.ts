import type { ReviewStore } from "../../domain/review/review.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Health reviews: one for each system and month. */
export function createReviewStore(database: ControlDatabase): ReviewStore {
  return {
    save: async (review) => {
      const row = { system: review.system, month: review.month, body: toBody(review) };
      await database
        .insertInto("reviews")
        .values(row)
        .onConflict((conflict) => conflict.columns(["system", "month"]).doUpdateSet({ body: row.body }))
        .execute();
    },
    get: async (system, month) => {
      const query = database.selectFrom("reviews").select("body").where("system", "=", system);
      return (await query.where("month", "=", month).executeTakeFirst())?.body;
    },
    list: async (system) => {
      let query = database.selectFrom("reviews").select("body");
      if (system !== undefined) query = query.where("system", "=", system);
      return (await query.orderBy("month", "desc").orderBy("system").execute()).map(({ body }) => body);
    },
  };
}
