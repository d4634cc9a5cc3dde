import { type Baseline, nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import type {
  CodedDimension,
  Lattice,
  LatticeCell,
  LatticeQuestion,
  LossSums,
  PeriodSums,
  RowRange,
} from "../../domain/baseline/slice-store.ts";
import { channelColumns } from "../../domain/baseline/slice-store.ts";
import { invariant } from "../../domain/invariant.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { subjectBin } from "./profile-statement.ts";
import { judgedRowsOf, lossOf, type RowSource, rowsOf, timeCode } from "./slice-rows.ts";

interface Fragment {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

interface CountedCell {
  readonly codes: readonly number[];
  readonly sums: readonly number[];
}

/** Two periods times two halves, each with rows, loss and squares. */
const sumsPerCell = 12;
/** ClickHouse takes more, but not in one plan that fits the memory of a laptop. */
const setsPerStatement = 300;

/**
 * Counts every conjunction of up to three conditions: one statement of grouping sets over the rows of both periods, in
 * which every dimension is a small whole number. Conjunctions with too few rows stay in the engine. Cost: one scan and
 * about 5 ns a row and grouping set.
 */
export async function countLattice(
  client: DataClient,
  system: System,
  baseline: Baseline,
  question: LatticeQuestion,
): Promise<Lattice> {
  const source = encodedRows(system, baseline, question);
  const totals = await client.rows<CountedCell>(
    `SELECT emptyArrayUInt8() AS codes, [${cellSums}] AS sums
     FROM (SELECT part, toFloat64(count()) AS n, sum(loss) AS l, sum(loss * loss) AS q FROM (${source.sql}) GROUP BY part)`,
    source.parameters,
  );
  const total = cellOf(totals[0] ?? { codes: [], sums: new Array<number>(sumsPerCell).fill(0) });
  const least = (rows: number): number => Math.max(question.minimumRows, Math.ceil(question.minimumShare * rows));
  const sets = groupingSets(question.dimensions.length, question.conditions);
  const cells: LatticeCell[] = [];
  for (let from = 0; from < sets.length; from += setsPerStatement) {
    const part = sets.slice(from, from + setsPerStatement);
    const names = question.dimensions.map((_, index) => `c${index}`);
    // Two halves of two periods in the key, and put side by side afterwards: three sums a row instead of twelve.
    const grouped = `SELECT ${names.join(", ")}, part, toFloat64(count()) AS n, sum(loss) AS l, sum(loss * loss) AS q FROM (${source.sql})
       GROUP BY GROUPING SETS (${part.map((set) => `(part, ${set.map((index) => `c${index}`).join(", ")})`).join(", ")})
       HAVING ${namedCodes(question.dimensions, part)}`;
    const counted = await client.rows<CountedCell>(
      `SELECT [${names.join(", ")}] AS codes, [${cellSums}] AS sums FROM (${grouped})
       GROUP BY ${names.join(", ")} HAVING sums[1] >= {leastThen:Float64} AND sums[4] >= {leastNow:Float64}`,
      {
        ...source.parameters,
        leastThen: least(total.discovery.before.rows),
        leastNow: least(total.discovery.now.rows),
      },
    );
    cells.push(...counted.map(cellOf));
  }
  return { total: { discovery: total.discovery, confirmation: total.confirmation }, cells };
}

/** A row that belongs to no item of a dimension has code 0 there, and so have all rows where the dimension is free. */
function namedCodes(dimensions: readonly CodedDimension[], sets: readonly (readonly number[])[]): string {
  const used = new Set(sets.flat());
  return dimensions
    .map((_, index) => (used.has(index) ? `(grouping(c${index}) = 1 OR c${index} > 0)` : "1"))
    .join(" AND ");
}

function groupingSets(dimensions: number, conditions: number): readonly (readonly number[])[] {
  const sets: number[][] = [];
  for (let a = 0; a < dimensions; a++) {
    sets.push([a]);
    for (let b = a + 1; b < dimensions && conditions > 1; b++) {
      sets.push([a, b]);
      for (let c = b + 1; c < dimensions && conditions > 2; c++) sets.push([a, b, c]);
    }
  }
  return sets;
}

/** Discovery before, discovery now, confirmation before, confirmation now. */
const cellSums = [0, 1, 2, 3]
  .map((part) => ["n", "l", "q"].map((sum) => `sumIf(${sum}, part = ${part})`).join(", "))
  .join(", ");

function cellOf({ codes, sums }: CountedCell): LatticeCell {
  invariant(sums.length === sumsPerCell, "a cell has the sums of two periods and two halves");
  const lossAt = (place: number): LossSums => ({
    rows: sums[place] ?? 0,
    loss: sums[place + 1] ?? 0,
    squares: sums[place + 2] ?? 0,
  });
  const periodsAt = (place: number): PeriodSums => ({ before: lossAt(place), now: lossAt(place + 3) });
  return { codes, discovery: periodsAt(0), confirmation: periodsAt(6) };
}

function encodedRows(system: System, baseline: Baseline, question: LatticeQuestion): RowSource {
  const objective = objectiveOf(system, baseline, question);
  const period = (range: RowRange, number: 0 | 1): Fragment => {
    const plain = rowsOf(system, baseline, range, undefined, `p${number}`);
    const source = question.objective.kind === "loss" ? judgedRowsOf(system, range, plain) : plain;
    const codes = question.dimensions.map((coded, index) => codeOf(baseline, coded, `d${index}`));
    return {
      sql: `SELECT ${codes.map((code, index) => `toUInt8(${code.sql}) AS c${index}, `).join("")}toFloat64(${objective.sql}) AS loss, toUInt8(${number} + 2 * (${halfOf(system, range)})) AS part
        FROM (${source.sql}) WHERE ${objective.known}`,
      parameters: Object.assign({}, source.parameters, ...codes.map((code) => code.parameters)),
    };
  };
  const then = period(question.before, 0);
  const now = period(question.now, 1);
  return {
    sql: `${then.sql} UNION ALL ${now.sql}`,
    parameters: { ...then.parameters, ...now.parameters, ...objective.parameters },
  };
}

function objectiveOf(
  system: System,
  baseline: Baseline,
  { objective }: LatticeQuestion,
): Fragment & { readonly known: string } {
  if (objective.kind === "loss") return { ...lossOf(system), parameters: {} };
  const bin = subjectBin(baseline, objective.feature, "o");
  return {
    sql: `has({objective:Array(Int16)}, ${bin.sql})`,
    parameters: { ...bin.parameters, objective: [...objective.bins] },
    known: "1",
  };
}

/** Rows of one person or thing are in one half, where the system says which field names it. */
function halfOf(system: System, range: RowRange): string {
  if (system.entity !== undefined && system.pipeline.inputs.some((field) => field.name === system.entity))
    return `cityHash64(ifNull(toString(i_${system.entity}), '')) % 2`;
  return range.kind === "live"
    ? "cityHash64(id) % 2"
    : `cityHash64(time, ${system.pipeline.inputs.map((field) => `ifNull(toString(i_${field.name}), '')`).join(", ")}) % 2`;
}

/** The code of a dimension in a row: the place of its value among the items, from 1; 0 where it is in none. */
function codeOf(baseline: Baseline, { dimension, items }: CodedDimension, tag: string): Fragment {
  const values = items.flatMap((item) => item.values);
  const codes = items.flatMap((item, index) => item.values.map(() => index + 1));
  const placed = (text: string, fallback = 0): Fragment => ({
    sql: `transform(toString(${text}), {values${tag}:Array(String)}, {codes${tag}:Array(UInt8)}, toUInt8(${fallback}))`,
    parameters: { [`values${tag}`]: values, [`codes${tag}`]: codes },
  });
  switch (dimension.kind) {
    case "segment": {
      const kept = baseline.segments.find((segment) => segment.name === dimension.name)?.values;
      invariant(kept !== undefined, `the baseline has no segment ${dimension.name}`);
      const other = items.findIndex((item) => item.values.includes(otherValue)) + 1;
      if (other === 0) return placed(`s_${dimension.name}`);
      // What the baseline does not keep apart is counted under its word for others.
      const known = [...kept, nullValue];
      const folded = placed(
        `if(has({known${tag}:Array(String)}, toString(s_${dimension.name})), toString(s_${dimension.name}), '${otherValue}')`,
      );
      return { sql: folded.sql, parameters: { ...folded.parameters, [`known${tag}`]: known } };
    }
    case "feature": {
      const bin = subjectBin(baseline, dimension.name, tag);
      const place = placed(bin.sql);
      return { sql: place.sql, parameters: { ...bin.parameters, ...place.parameters } };
    }
    case "channel":
      invariant(channelColumns.includes(dimension.name), `there is no channel ${dimension.name}`);
      return placed(dimension.name);
    case "time":
      return placed(timeCode[dimension.name]);
  }
}
