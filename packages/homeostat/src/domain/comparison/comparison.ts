import type { ComparedColumn } from "./compared-column.ts";
import type { ColumnFinding, ComparisonVerdict } from "./judge-columns.ts";
import type { PerformanceFinding } from "./judge-performance.ts";
import type { ComparisonPlan, SchemaFinding } from "./plan-comparison.ts";

/** Two tables held against each other: what was asked, what was found, and what was not looked at. */
export interface Comparison {
  readonly reference: ComparedTable;
  readonly current: ComparedTable;
  readonly plan: ComparisonPlan;
  readonly columns: readonly ComparedColumn[];
  /** Worst first. */
  readonly findings: readonly ColumnFinding[];
  /** Worst first. */
  readonly performance: readonly PerformanceFinding[];
  /** The value of the outcome that counts as positive; undefined where there are not two. */
  readonly positive: string | undefined;
  /** The worst of all; `not-enough-data` where nothing could be judged at all. */
  readonly verdict: ComparisonVerdict;
}

interface ComparedTable {
  readonly name: string;
  readonly rows: number;
  readonly files: number;
}

const order: readonly ComparisonVerdict[] = ["critical", "warning", "not-enough-data", "healthy", "not-checked"];

export function rankOf(verdict: ComparisonVerdict): number {
  return order.indexOf(verdict);
}

/** Critical before warning; inside, what exceeds its threshold most, all rows before a segment. */
export function worstFirst(findings: readonly ColumnFinding[]): readonly ColumnFinding[] {
  return findings.toSorted(
    (left, right) =>
      rankOf(left.verdict) - rankOf(right.verdict) ||
      excessOf(right) - excessOf(left) ||
      Number(left.segment !== undefined) - Number(right.segment !== undefined),
  );
}

/** Effects of different kinds side by side: PSI over its critical cut, shares over theirs. */
function excessOf({ question, effect }: ColumnFinding): number {
  const cut = question === "distribution" ? 0.25 : question === "missing" ? 0.1 : 0.01;
  return Math.abs(effect ?? 0) / cut;
}

export function worstPerformanceFirst(findings: readonly PerformanceFinding[]): readonly PerformanceFinding[] {
  return findings.toSorted(
    (left, right) => rankOf(left.verdict) - rankOf(right.verdict) || (right.loss ?? 0) - (left.loss ?? 0),
  );
}

/** The verdict on the whole. Not enough data somewhere does not hide health elsewhere, and is told by its count. */
export function verdictOfAll(
  schema: readonly SchemaFinding[],
  findings: readonly ColumnFinding[],
  performance: readonly PerformanceFinding[],
): ComparisonVerdict {
  const verdicts = [...schema, ...findings, ...performance].map(({ verdict }) => verdict);
  if (verdicts.includes("critical")) return "critical";
  if (verdicts.includes("warning")) return "warning";
  return verdicts.includes("healthy") ? "healthy" : "not-enough-data";
}
