import { sql } from "kysely";
import type { TraceStore } from "../../domain/postmortem/trace.ts";
import { wordCounts } from "../../stats/text/bm25.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Traces of incidents: marks and words in arrays with an index each, so that a search reads only what shares one. */
export function createTraceStore(database: ControlDatabase): TraceStore {
  return {
    stale: async (most) => {
      const query = database
        .selectFrom("incidents")
        .leftJoin("incident_traces", "incident_traces.incident", "incidents.number")
        .select(["incidents.number as incident", "incidents.entries as entries"])
        .where(sql<boolean>`incident_traces.entries is distinct from incidents.entries`);
      return query.orderBy("incidents.number").limit(most).execute();
    },
    save: async (trace, entries) => {
      const counts = wordCounts(trace.text);
      const row = {
        incident: trace.incident,
        system: trace.system,
        entries,
        words: [...counts.words.keys()],
        word_count: counts.length,
        marks: trace.marks.map(storable),
        body: toBody(trace),
      };
      await database
        .insertInto("incident_traces")
        .values(row)
        .onConflict((conflict) => conflict.column("incident").doUpdateSet(row))
        .execute();
    },
    get: async (incident) => {
      const query = database.selectFrom("incident_traces").select("body").where("incident", "=", incident);
      return (await query.executeTakeFirst())?.body;
    },
    withMarks: (marks, most) => sharing(database, "marks", marks, most),
    withWords: (words, most) => sharing(database, "words", words, most),
    size: async () => {
      const row = await database
        .selectFrom("incident_traces")
        .select([sql<string>`count(*)`.as("traces"), sql<number | null>`avg(word_count)::float8`.as("mean")])
        .executeTakeFirst();
      return { traces: Number(row?.traces ?? 0), meanWords: row?.mean ?? 0 };
    },
  };
}

/** Postgres keeps neither NUL nor halves of characters in a text. */
const storable = (text: string): string => text.replaceAll(/[\0\p{Cs}]/gu, "");

async function sharing(
  database: ControlDatabase,
  column: "marks" | "words",
  wanted: readonly string[],
  most: number,
): ReturnType<TraceStore["withMarks"]> {
  if (wanted.length === 0) return [];
  const query = database
    .selectFrom("incident_traces")
    .select("body")
    .where(sql<boolean>`${sql.ref(column)} && ${wanted.map(storable)}::text[]`);
  return (await query.orderBy("incident", "desc").limit(most).execute()).map(({ body }) => body);
}
