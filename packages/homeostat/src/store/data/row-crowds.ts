import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { Crowd, ScoreBand } from "../../domain/baseline/row-facts.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { eventTablesOf, windowStartOf } from "./event-table.ts";
import { featureBin } from "./feature-bin.ts";

/** Fine bins that make one side of a cell: of 64 of them, eight sides. */
const binsPerSide = 8;
const crowdsShown = 5;

interface Cells {
  /** The cell a row lies in, and the vector itself, as numbers to group by. */
  readonly sql: string;
  readonly parameters: QueryParameters;
}

function cellsOf(baseline: Baseline): Cells {
  const sides = baseline.features.map((feature, place) => {
    // A category is a side of its own: no list of names has to travel.
    if (feature.binning.kind === "categorical") return { sql: `f_${feature.name}`, parameters: {} };
    const bin = featureBin(feature, `_${place}`);
    return { sql: `intDiv(${bin.sql}, ${binsPerSide})`, parameters: bin.parameters };
  });
  const columns = baseline.features.map(({ name }) => `f_${name}`);
  return {
    sql: `cityHash64(toString(tuple(${sides.map((side) => side.sql).join(", ")}))) AS cell,
      cityHash64(toString(tuple(${columns.join(", ")}))) AS vector`,
    parameters: Object.assign({}, ...sides.map((side) => side.parameters)),
  };
}

const counted = `count() AS n, uniqExact(vector) AS vectors, countIf(near) AS close, countIf(positive) AS positives`;
const judged = `probability >= {least:Float64} AND probability <= {greatest:Float64} AS near, probability >= {threshold:Float64} AS positive`;

interface CrowdRow {
  readonly who: string;
  readonly n: string;
  readonly vectors: string;
  readonly close: string;
  readonly positives: string;
  readonly start?: string;
}

function crowdOf(by: string, row: CrowdRow): Crowd {
  return {
    by,
    who: row.who,
    rows: Number(row.n),
    distinct: Number(row.vectors),
    nearThreshold: Number(row.close),
    positives: Number(row.positives),
    windowStart: row.start === undefined ? undefined : Number(row.start),
  };
}

function bandParameters(baseline: Baseline, band: ScoreBand): QueryParameters {
  const threshold = baseline.score.kind === "probability" ? baseline.score.threshold : 0;
  return { least: band.least, greatest: band.greatest, threshold };
}

/** The fullest cells of any caller, and of any entity where one is declared. */
export async function countCrowds(
  client: DataClient,
  system: System,
  baseline: Baseline,
  window: Window,
  band: ScoreBand,
): Promise<readonly Crowd[]> {
  if (baseline.score.kind !== "probability") return [];
  const cells = cellsOf(baseline);
  const askers = [
    { by: "caller", sql: "toString(caller)" },
    ...(system.entity === undefined ? [] : [{ by: system.entity, sql: `ifNull(toString(i_${system.entity}), '')` }]),
  ];
  const found = await Promise.all(
    askers.map(async ({ by, sql }) => {
      const rows = await client.rows<CrowdRow>(
        `SELECT who, ${counted} FROM (SELECT ${sql} AS who, ${cells.sql}, ${judged} FROM ${eventTablesOf(system.name).predictions}
           WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
         GROUP BY who, cell ORDER BY vectors DESC, n DESC, who LIMIT ${crowdsShown}`,
        { from: window.start, to: window.end, ...cells.parameters, ...bandParameters(baseline, band) },
      );
      return rows.map((row) => crowdOf(by, row));
    }),
  );
  return found.flat().sort((left, right) => right.distinct - left.distinct);
}

/** The fullest cell of each reference window. */
export async function countReferenceCrowds(
  client: DataClient,
  system: System,
  baseline: Baseline,
  band: ScoreBand,
): Promise<readonly Crowd[]> {
  if (baseline.score.kind !== "probability") return [];
  const cells = cellsOf(baseline);
  const start = windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs);
  const rows = await client.rows<CrowdRow>(
    `SELECT '' AS who, start, n, vectors, close, positives FROM (
       SELECT start, ${counted} FROM (SELECT ${start} AS start, ${cells.sql}, ${judged} FROM ${eventTablesOf(system.name).reference}
         WHERE release = {release:String})
       GROUP BY start, cell ORDER BY start, vectors DESC, n DESC LIMIT 1 BY start)`,
    { release: baseline.release, ...cells.parameters, ...bandParameters(baseline, band) },
  );
  return rows.map((row) => crowdOf("", row));
}
