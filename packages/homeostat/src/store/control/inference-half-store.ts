import { type Selectable, sql } from "kysely";
import type { InferenceHalf, InferenceHalves } from "../../domain/inference/inference-half.ts";
import type { ControlDatabase } from "./control-database.ts";
import type { InferenceHalvesTable } from "./schema/inference-halves.ts";

const mostAtOnce = 1_000;
/** Payloads may be megabytes. */
const fewAtOnce = 20;

export function createInferenceHalfStore(database: ControlDatabase): InferenceHalves {
  return {
    put: async (system, half) => {
      const { id, receivedAt, time, ...rest } = half;
      // Written before looking: of two halves that come at once, the later look sees both.
      await database
        .insertInto("inference_halves")
        .values({ ...rest, system, id, received_at: receivedAt, time: time ?? null })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const query = database.selectFrom("inference_halves").selectAll();
      return (await query.where("system", "=", system).where("id", "=", id).execute()).map(halfOf);
    },
    remove: async (system, ids) => {
      if (ids.length === 0) return;
      await database
        .deleteFrom("inference_halves")
        .where("system", "=", system)
        .where("id", "in", [...ids])
        .execute();
    },
    removeWhere: async (system, isMeant) => {
      let removed = 0;
      for (let last = ""; ; ) {
        const query = database.selectFrom("inference_halves").select(["id", "payload"]).where("system", "=", system);
        const page = await query.where("id", ">", last).orderBy("id").limit(fewAtOnce).execute();
        const ids = page.filter(({ payload }) => isMeant(payload)).map(({ id }) => id);
        if (ids.length > 0) {
          const gone = database.deleteFrom("inference_halves").where("system", "=", system).where("id", "in", ids);
          removed += Number((await gone.executeTakeFirst()).numDeletedRows);
        }
        const end = page.at(-1);
        if (end === undefined) return removed;
        last = end.id;
      }
    },
    count: async (system) => {
      const query = database.selectFrom("inference_halves").select(({ fn }) => fn.countAll().as("n"));
      return Number((await query.where("system", "=", system).executeTakeFirst())?.n ?? 0);
    },
    overdue: async (before, mostOfSystem) => {
      const ranked = database
        .selectFrom("inference_halves")
        .selectAll()
        .select(sql<number>`row_number() over (partition by system order by received_at desc, id)`.as("rank"))
        .as("ranked");
      const rows = await database
        .selectFrom(ranked)
        .selectAll()
        .where((is) => is.or([is("received_at", "<", before), is("rank", ">", mostOfSystem)]))
        .orderBy("received_at")
        .limit(mostAtOnce)
        .execute();
      return rows.map((row) => ({ ...halfOf(row), system: row.system }));
    },
  };
}

function halfOf(row: Selectable<InferenceHalvesTable>): InferenceHalf {
  const { id, half, caller, service, payload } = row;
  return { id, half, caller, service, payload, receivedAt: row.received_at, time: row.time ?? undefined };
}
