import type { Baseline, FrozenScore } from "../../domain/baseline/baseline.ts";
import type {
  BinUnion,
  CellStore,
  CohortCells,
  LossCells,
  OutputCell,
  Strata,
} from "../../domain/baseline/cell-store.ts";
import { segmentKey } from "../../domain/baseline/profile-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import type { ShiftCell } from "../../stats/attribution/shift-cell.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { edgeBin, type Fragment } from "./edge-bin.ts";
import { eventTablesOf, latestLabels } from "./event-table.ts";
import { segmentFragments, subjectBin } from "./profile-statement.ts";

interface CellRow {
  readonly segment: string;
  readonly value: string;
  readonly strata: number[];
  readonly n: string[];
  readonly loss: number[];
}

type Cells = ReadonlyMap<string, ReadonlyMap<number, { readonly rows: number; readonly loss: number }>>;

/** Reference sides kept: they never change, and windows of a system mostly share their strata. */
const mostKept = 16;

/** Labelled rows by stratum, counted by the engine (algorithm of the `cell` primitive). */
export function createCellStore(client: DataClient): CellStore {
  const kept = new Map<string, Cells>();
  const ranked = new Map<string, readonly string[]>();

  async function referenceCells(system: System, baseline: Baseline, strata: Strata): Promise<Cells> {
    const key = JSON.stringify([baseline.id, strata]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const { reference } = eventTablesOf(system.name);
    const counted = await count(client, baseline, strata, {
      sql: `SELECT * FROM ${reference} WHERE release = {release:String} AND scored = 1 AND isNotNull(outcome)`,
      parameters: { release: baseline.release },
    });
    const [oldest] = kept.keys();
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
    kept.set(key, counted);
    return counted;
  }

  return {
    lossCells: async (system, baseline, window, strata) => {
      const [before, now] = await Promise.all([
        referenceCells(system, baseline, strata),
        count(client, baseline, strata, liveRows(system, window)),
      ]);
      return beside(before, now);
    },
    featuresByOutput: async (system, baseline) => {
      const known = ranked.get(baseline.id);
      if (known !== undefined) return known;
      const found = await rankFeatures(client, system, baseline);
      ranked.set(baseline.id, found);
      return found;
    },
    cohortCells: (system, baseline, window, segment, features) =>
      cohortCells(client, system, baseline, window, segment, features),
  };
}

/** What a model said as one number; undefined for classes without a confidence. */
function outputOf(score: FrozenScore): string | undefined {
  if (score.kind === "class") return score.confidenceEdges.length > 0 ? "confidence" : undefined;
  return score.kind === "value" ? "value" : "probability";
}

/** Between-bin share of the output's variance of every feature alone: one scan each, once for a baseline. */
async function rankFeatures(client: DataClient, system: System, baseline: Baseline): Promise<readonly string[]> {
  const output = outputOf(baseline.score);
  if (output === undefined) return [];
  const { reference } = eventTablesOf(system.name);
  const explained: { readonly name: string; readonly share: number }[] = [];
  for (const { name } of baseline.features) {
    const bin = subjectBin(baseline, name);
    const [row] = await client.rows<{ share: number | null }>(
      `SELECT sum(s * s / n) - pow(sum(s), 2) / sum(n) AS share FROM (
         SELECT ${bin.sql} AS bin, count() AS n, sum(${output}) AS s FROM ${reference}
         WHERE release = {release:String} AND scored = 1 AND isNotNull(${output}) GROUP BY bin)`,
      { ...bin.parameters, release: baseline.release },
    );
    explained.push({ name, share: row?.share ?? 0 });
  }
  return explained.sort((left, right) => right.share - left.share).map(({ name }) => name);
}

async function cohortCells(
  client: DataClient,
  system: System,
  baseline: Baseline,
  window: Window,
  segment: string,
  features: Strata["features"],
): Promise<CohortCells> {
  const output = outputOf(baseline.score);
  const values = baseline.segments.find(({ name }) => name === segment)?.values ?? [];
  if (output === undefined || values.length < 2) return new Map();
  const stratum = stratumOfFeatures(baseline, features);
  const found = await client.rows<{ value: string; stratum: number; n: string; s: number; q: number }>(
    `SELECT toString(s_${segment}) AS value, ${stratum.sql} AS stratum, count() AS n, sum(${output}) AS s, sum(${output} * ${output}) AS q
     FROM ${eventTablesOf(system.name).predictions} WHERE ${inWindow} AND isNotNull(${output}) AND has({values:Array(String)}, toString(s_${segment}))
     GROUP BY value, stratum ORDER BY value, stratum`,
    { ...stratum.parameters, from: window.start, to: window.end, values },
  );
  const cells = new Map<string, OutputCell[]>();
  for (const { value, stratum: place, n, s, q } of found)
    cells.set(value, [...(cells.get(value) ?? []), { stratum: place, rows: Number(n), sum: s, sumSquares: q }]);
  return cells;
}

const inWindow =
  "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

function liveRows(system: System, window: Window): Fragment {
  const { predictions } = eventTablesOf(system.name);
  return {
    sql: `SELECT p.*, o.outcome AS outcome FROM (SELECT * FROM ${predictions} WHERE ${inWindow}) AS p
      INNER JOIN (${latestLabels(system, `SELECT id FROM ${predictions} WHERE ${inWindow}`)}) AS o ON p.id = o.prediction_id`,
    parameters: { system: system.name, from: window.start, to: window.end },
  };
}

async function count(client: DataClient, baseline: Baseline, strata: Strata, rows: Fragment): Promise<Cells> {
  const segments = segmentFragments(baseline);
  const stratum = stratumOf(baseline, strata);
  const sets = ["(stratum)", ...segments.keys.map((key) => `(${key}, stratum)`)].join(", ");
  const found = await client.rows<CellRow>(
    `SELECT segment, value, groupArray(stratum) AS strata, groupArray(n) AS n, groupArray(loss) AS loss FROM (
       SELECT ${segments.name} AS segment, ${segments.value} AS value, stratum, count() AS n, sum(lost) AS loss
       FROM (SELECT ${stratum.sql} AS stratum, ${lossOf(baseline.score)} AS lost${segments.selects} FROM (${rows.sql}))
       WHERE isNotNull(lost) GROUP BY GROUPING SETS (${sets}))
     GROUP BY segment, value`,
    { ...rows.parameters, ...segments.parameters, ...stratum.parameters, ...thresholdOf(baseline.score) },
  );
  return new Map(
    found.map((row) => [
      row.segment === "" ? "" : segmentKey(row.segment, row.value),
      new Map(row.strata.map((place, index) => [place, { rows: Number(row.n[index]), loss: row.loss[index] ?? 0 }])),
    ]),
  );
}

function thresholdOf(score: FrozenScore): QueryParameters {
  return score.kind === "probability" ? { threshold: score.threshold } : {};
}

/** The loss of a labelled row: a wrong decision or class, or the absolute error. */
function lossOf(score: FrozenScore): string {
  switch (score.kind) {
    case "probability":
      return "toFloat64((probability >= {threshold:Float64}) != (outcome = 1))";
    case "value":
      return "abs(value - outcome)";
    case "class":
      return "toFloat64(toString(ifNull(class, '')) != toString(ifNull(outcome, '')))";
  }
}

/** Strata as one whole number: the group of the prediction, then that of each feature. */
function stratumOf(baseline: Baseline, { prediction, features }: Strata): Fragment {
  const first = { ...grouped(predictionBin(baseline.score), prediction, "p"), size: prediction.length };
  return combined([first, ...featureParts(baseline, features)]);
}

function stratumOfFeatures(baseline: Baseline, features: Strata["features"]): Fragment {
  return features.length === 0 ? { sql: "toUInt32(0)", parameters: {} } : combined(featureParts(baseline, features));
}

type SizedFragment = Fragment & { readonly size: number };

function featureParts(baseline: Baseline, features: Strata["features"]): readonly SizedFragment[] {
  return features.map(({ name, groups }, index) => ({
    ...grouped(subjectBin(baseline, name, `_f${index}`), groups, `f${index}`),
    size: groups.length,
  }));
}

function combined(parts: readonly SizedFragment[]): Fragment {
  const sql = parts.reduce(
    (sum, part, index) => (index === 0 ? part.sql : `(${sum}) * ${part.size} + ${part.sql}`),
    "",
  );
  return { sql: `toUInt32(${sql})`, parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)) };
}

/** The group that a fine bin belongs to. A bin of no group falls into the first. */
function grouped(bin: Fragment, groups: BinUnion, tag: string): Fragment {
  const groupOf = new Array<number>(Math.max(0, ...groups.flat()) + 1).fill(0);
  groups.forEach((bins, group) => {
    for (const one of bins) groupOf[one] = group;
  });
  return {
    sql: `toUInt32({groups_${tag}:Array(UInt16)}[toInt32(${bin.sql}) + 1])`,
    parameters: { ...bin.parameters, [`groups_${tag}`]: groupOf },
  };
}

/** The fine stratum of a prediction, as `lossStrata` counts them. */
function predictionBin(score: FrozenScore): Fragment {
  switch (score.kind) {
    case "probability":
      return edgeBin("probability", score.edges, "_p");
    case "value":
      return edgeBin("ifNull(value, 0)", score.edges, "_p");
    case "class":
      return score.confidenceEdges.length > 0
        ? edgeBin("ifNull(confidence, 0)", score.confidenceEdges, "_p")
        : {
            sql: `transform(toString(ifNull(class, '')), {classes_p:Array(String)}, {places_p:Array(Int16)}, toInt16(${score.classes.length}))`,
            parameters: { classes_p: score.classes, places_p: score.classes.map((_, index) => index) },
          };
  }
}

/** Both sides, stratum by stratum; a stratum of one side only has no rows on the other. */
function beside(before: Cells, now: Cells): LossCells {
  const nothing = { rows: 0, loss: 0 };
  return new Map(
    [...now].map(([key, cells]) => {
      const reference = before.get(key) ?? new Map<number, typeof nothing>();
      const strata = [...new Set([...cells.keys(), ...reference.keys()])];
      return [
        key,
        strata.map((stratum): ShiftCell => {
          const [then, current] = [reference.get(stratum) ?? nothing, cells.get(stratum) ?? nothing];
          return {
            baselineRows: then.rows,
            baselineLoss: then.loss,
            currentRows: current.rows,
            currentLoss: current.loss,
          };
        }),
      ];
    }),
  );
}
