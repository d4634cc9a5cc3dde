import {
  type Comparison,
  rankOf,
  verdictOfAll,
  worstFirst,
  worstPerformanceFirst,
} from "../../domain/comparison/comparison.ts";
import { judgeColumns } from "../../domain/comparison/judge-columns.ts";
import { judgePerformance } from "../../domain/comparison/judge-performance.ts";
import { areLike, type PresentColumn, planComparison } from "../../domain/comparison/plan-comparison.ts";
import type { ColumnFacts } from "../../domain/table/column-facts.ts";
import { recogniseRoles, type ToldRoles } from "../../domain/table/recognise-roles.ts";
import { sqlName } from "../../engine/quote-sql.ts";
import type { OpenedFile } from "../private-engine.ts";
import { columnFactsOf, columnKindOf } from "../table-file/column-facts.ts";
import { sampleTableOf, type WorkingTable, workingTableOf } from "../table-file/working-table.ts";
import { CommandFailure } from "../usage-error.ts";
import { chooseBins } from "./choose-bins.ts";
import { countColumns } from "./count-columns.ts";
import { countPerformance } from "./count-performance.ts";
import { segmentColumnsOf } from "./group-rows.ts";
import { lookUpDetail } from "./look-up-detail.ts";

/** Roles, segments and edges of bins come from this many rows of the reference. */
const sampleRows = 100_000;

export interface ComparisonOrder {
  readonly told: ToldRoles;
  readonly ignored: readonly string[];
  /** A score at or above it is a positive decision. */
  readonly threshold: number;
  readonly positive: string | undefined;
  onProgress(share: number, note: string): void;
}

/**
 * Compares two tables that are open in one engine: quality, distribution and performance, over all rows and by segment.
 * Two scans of the reference and one of the current table, each reading only the columns it needs.
 * @throws CommandFailure where a table has no rows.
 */
export async function compareTables(
  referenceFile: OpenedFile,
  currentFile: OpenedFile,
  order: ComparisonOrder,
): Promise<Comparison> {
  order.onProgress(0, "reading both tables");
  const [reference, current] = await Promise.all([
    workingTableOf(referenceFile, "homeostat_reference"),
    workingTableOf(currentFile, "homeostat_current"),
  ]);
  for (const table of [reference, current])
    if (table.rows === 0) throw new CommandFailure(`${table.file.path} has no rows`);
  const kept = <T extends { readonly name: string }>(columns: readonly T[]): readonly T[] =>
    columns.filter(({ name }) => !order.ignored.includes(name));
  const sample = await sampleTableOf(reference, "homeostat_sample", sampleRows);
  const before = kept(await columnFactsOf(reference.file, sample));
  const roles = recogniseRoles(before, order.told);
  const plan = planComparison(before, kept(await presentColumns(current, before)), roles);
  order.onProgress(0.2, "choosing bins from the reference");
  const segments = await segmentColumnsOf(reference.file, sample, plan.segments);
  const bins = await chooseBins(reference, sample, plan.columns);
  const columns = await countColumns(reference, current, {
    columns: plan.columns,
    bins,
    segments,
    onProgress: (share) => order.onProgress(0.3 + 0.6 * share, "counting"),
  });
  order.onProgress(0.9, "performance");
  const { threshold, positive } = order;
  const counted =
    plan.performance.kind === "not-checked"
      ? undefined
      : await countPerformance(reference, current, { plan: plan.performance, segments, threshold, positive });
  const findings = worstFirst(judgeColumns(columns));
  const news = new Set(
    findings.filter(({ verdict }) => rankOf(verdict) <= rankOf("warning")).map(({ column }) => column),
  );
  const performance = counted === undefined ? [] : worstPerformanceFirst(judgePerformance(counted.cells));
  const tableOf = ({ file, rows }: typeof reference): Comparison["reference"] => ({
    name: file.path,
    rows,
    files: file.files.paths.length,
  });
  return {
    reference: tableOf(reference),
    current: tableOf(current),
    plan,
    columns: await lookUpDetail(reference, current, columns, news),
    findings,
    performance,
    positive: counted?.positive,
    verdict: verdictOfAll(plan.schema, findings, performance),
  };
}

/** The current table's columns; one whose type is not the reference's is looked into, since an empty one may be of any. */
async function presentColumns(
  { file, from }: WorkingTable,
  before: readonly ColumnFacts[],
): Promise<readonly PresentColumn[]> {
  const kinds = new Map(before.map(({ name, kind }) => [name, kind]));
  return Promise.all(
    file.columns.map(async ({ name, type }) => {
      const kind = columnKindOf(type);
      const was = kinds.get(name);
      if (was === undefined || areLike(was, kind)) return { name, kind, isEmpty: false };
      const values = Number(await file.query(`SELECT count(${sqlName(name)}) FROM ${from}`));
      return { name, kind, isEmpty: values === 0 };
    }),
  );
}
