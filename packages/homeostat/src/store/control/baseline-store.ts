import type { Baseline, BaselineStore, FrozenProbability, FrozenScore } from "../../domain/baseline/baseline.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Baselines of earlier versions are all of binary classification, and do not say so. */
function withScoreKind(baseline: Baseline): Baseline {
  const score: FrozenScore | Omit<FrozenProbability, "kind"> = baseline.score;
  return "kind" in score ? baseline : { ...baseline, score: { kind: "probability", ...score } };
}

/** Frozen pictures of normal: the first save of an id counts, a baseline never changes. */
export function createBaselineStore(database: ControlDatabase): BaselineStore {
  return {
    save: async (baseline) => {
      const { system, id, createdAt } = baseline;
      await database
        .insertInto("baselines")
        .values({ system, id, created_at: createdAt, body: toBody(baseline) })
        .onConflict((conflict) => conflict.columns(["system", "id"]).doNothing())
        .execute();
    },
    get: async (system, id) => {
      const query = database.selectFrom("baselines").select("body").where("system", "=", system);
      const stored = (await query.where("id", "=", id).executeTakeFirst())?.body;
      return stored === undefined ? undefined : withScoreKind(stored);
    },
  };
}
