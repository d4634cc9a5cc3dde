import type {
  Examination,
  ExaminationKind,
  ExaminationOf,
  ExaminationStore,
} from "../../domain/examination/examination.ts";
import type { ProbeStore } from "../../domain/probe/probe.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Looks at windows: one of each kind a window, the latest. */
export function createExaminationStore(database: ControlDatabase): ExaminationStore {
  const of = (system: string, kind: ExaminationKind) =>
    database.selectFrom("examinations").select("body").where("system", "=", system).where("kind", "=", kind);
  const asKind = <K extends ExaminationKind>(body: Examination): ExaminationOf<K> => body as ExaminationOf<K>;
  return {
    save: async (examination) => {
      const { system, kind, window, at } = examination;
      const body = toBody(examination);
      await database
        .insertInto("examinations")
        .values({ system, kind, start: window.start, at, body })
        .onConflict((conflict) => conflict.columns(["system", "kind", "start"]).doUpdateSet({ at, body }))
        .execute();
    },
    get: async (system, kind, start) => {
      const row = await of(system, kind).where("start", "=", start).executeTakeFirst();
      return row === undefined ? undefined : asKind(row.body);
    },
    list: async (system, kind, range, limit) => {
      let query = of(system, kind);
      if (range.from !== undefined) query = query.where("start", ">=", range.from);
      if (range.to !== undefined) query = query.where("start", "<", range.to);
      return (await query.orderBy("start", "desc").limit(limit).execute()).map((row) => asKind(row.body));
    },
    last: async (system, kind) => {
      const row = await of(system, kind).orderBy("at", "desc").orderBy("start", "desc").limit(1).executeTakeFirst();
      return row === undefined ? undefined : asKind(row.body);
    },
    lookedAt: async (system, starts) => {
      if (starts.length === 0) return new Map();
      const rows = await database
        .selectFrom("examinations")
        .select(["start", (expression) => expression.fn.max("at").as("at")])
        .where("system", "=", system)
        .where("start", "in", [...starts])
        .groupBy("start")
        .execute();
      return new Map(rows.map((row) => [Number(row.start), Number(row.at)]));
    },
  };
}

/** Runs of probes, as they were answered. Append-only. */
export function createProbeStore(database: ControlDatabase): ProbeStore {
  return {
    record: async (run) => {
      const { system, at } = run;
      await database
        .insertInto("probe_runs")
        .values({ system, at, body: toBody(run) })
        .execute();
    },
    list: async (system, range, limit) => {
      let query = database.selectFrom("probe_runs").select("body").where("system", "=", system);
      if (range.from !== undefined) query = query.where("at", ">=", range.from);
      if (range.to !== undefined) query = query.where("at", "<", range.to);
      return (await query.orderBy("at", "desc").orderBy("position", "desc").limit(limit).execute()).map(
        (row) => row.body,
      );
    },
  };
}
