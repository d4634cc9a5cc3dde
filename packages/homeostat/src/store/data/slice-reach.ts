import type { ReachOfSlice, ValueCount } from "../../domain/baseline/slice-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import type { RowSource } from "./slice-rows.ts";

/** Values named of each kind; the rest is only in the number of rows. */
const mostNamed = 10;

/** How many live rows a source has, who asked for them, and which segment values they have. One scan. */
export async function reachOf(client: DataClient, system: System, source: RowSource): Promise<ReachOfSlice> {
  const columns = ["caller", "cohort", ...system.segments.map((segment) => `s_${segment.name}`)];
  const named = columns.map((_, index) => `grouping(k${index}) = 0, `);
  const rows = await client.rows<{ place: number; v: string; n: string }>(
    `SELECT multiIf(${named.map((condition, index) => `${condition}toInt16(${index}), `).join("")}toInt16(-1)) AS place,
       multiIf(${named.map((condition, index) => `${condition}k${index}, `).join("")}'') AS v, count() AS n
     FROM (SELECT ${columns.map((column, index) => `toString(${column}) AS k${index}`).join(", ")} FROM (${source.sql}))
     GROUP BY GROUPING SETS ((), ${columns.map((_, index) => `(k${index})`).join(", ")})
     ORDER BY place, n DESC, v LIMIT ${mostNamed} BY place`,
    source.parameters,
  );
  const at = (place: number): readonly ValueCount[] =>
    rows.filter((row) => row.place === place && row.v !== "").map((row) => ({ value: row.v, rows: Number(row.n) }));
  return {
    rows: Number(rows.find((row) => row.place === -1)?.n ?? 0),
    callers: at(0),
    cohorts: at(1),
    segments: system.segments.flatMap(({ name }, index) => at(index + 2).map((each) => ({ ...each, segment: name }))),
  };
}
