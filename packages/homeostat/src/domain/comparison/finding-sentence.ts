import type { ComparedColumn } from "./compared-column.ts";
import type { Comparison } from "./comparison.ts";
import type { ColumnFinding } from "./judge-columns.ts";
import type { PerformanceFinding } from "./judge-performance.ts";
import type { SchemaFinding } from "./plan-comparison.ts";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const share = (value: number | undefined): string => {
  if (value === undefined) return "unknown";
  const percent = 100 * value;
  return `${percent !== 0 && Math.abs(percent) < 0.1 ? percent.toPrecision(1) : percent.toFixed(1)} %`;
};
/** Three digits that matter; whole numbers whole. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? count(value) : value.toExponential(3);
  const size = Math.abs(value);
  if (size >= 1_000) return count(value);
  return size < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** What a finding says, in one plain sentence with the numbers behind it. */
export function columnSentence(finding: ColumnFinding, columns: Comparison["columns"]): string {
  const column = columns.find(({ name }) => name === finding.column);
  switch (finding.question) {
    case "distribution":
      return distributionSentence(finding, column);
    case "missing":
      return `missing in ${share(finding.value)} of rows, before in ${share(finding.referenceValue)}`;
    case "new-values":
      return newValuesSentence(finding, column);
    case "range":
      return rangeSentence(finding, column);
  }
}

function distributionSentence(finding: ColumnFinding, column: ComparedColumn | undefined): string {
  const { value, rows, expectedByChance: chance = 0 } = finding;
  if (value === undefined) return `too few rows to compare: ${count(rows)} now`;
  const numbers = finding.segment === undefined ? column?.detail?.numbers : undefined;
  const moved =
    numbers === undefined ? "" : `; mean ${shortNumber(numbers.referenceMean)} → ${shortNumber(numbers.currentMean)}`;
  return `PSI ${value.toFixed(value < 0.01 ? 4 : 2)} where chance gives ${chance < 0.0001 ? chance.toExponential(0) : chance.toFixed(4)} with ${count(rows)} rows${moved}`;
}

function newValuesSentence({ value }: ColumnFinding, column: ComparedColumn | undefined): string {
  const examples = (column?.detail?.newValues ?? [])
    .slice(0, 5)
    .map((entry) => `${quoted(entry.value)} (${count(entry.rows)})`);
  if ((value ?? 0) === 0) return "no value that the reference did not have";
  const some = examples.length === 0 ? "" : `: ${examples.join(", ")}`;
  return `${share(value)} of rows hold values never seen before${some}`;
}

function rangeSentence({ value, referenceValue }: ColumnFinding, column: ComparedColumn | undefined): string {
  const outside = column?.outside;
  if (outside === undefined || outside.rows === 0) return "every number lies in the reference's range";
  const { least, greatest } = outside;
  const numbers = column?.detail?.numbers;
  const far =
    numbers === undefined
      ? []
      : [
          ...(numbers.currentLeast < least ? [`down to ${shortNumber(numbers.currentLeast)}`] : []),
          ...(numbers.currentGreatest > greatest ? [`up to ${shortNumber(numbers.currentGreatest)}`] : []),
        ];
  const some = far.length === 0 ? "" : `: ${far.join(" and ")}`;
  const was = (referenceValue ?? 0) > 0 ? `, before ${share(referenceValue)}` : "";
  return `${share(value)} of rows lie outside ${shortNumber(least)} to ${shortNumber(greatest)}${was}${some}`;
}

const quoted = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 39)}…` : text}”`;

export function schemaSentence(finding: SchemaFinding): string {
  switch (finding.kind) {
    case "column-missing":
      return "the column is gone";
    case "column-new":
      return "the reference does not have this column";
    case "type-changed":
      return `held ${kindWords[finding.before]}, now holds ${kindWords[finding.after]}`;
  }
}

const kindWords = {
  time: "times",
  whole: "whole numbers",
  fraction: "numbers",
  text: "text",
  "yes-no": "true and false",
  other: "lists or structures",
} as const;

export const metricNames: Readonly<Record<PerformanceFinding["metric"], string>> = {
  auc: "AUC",
  accuracy: "accuracy",
  precision: "precision",
  recall: "recall",
  f1: "F1",
  "macro-f1": "macro F1",
  "mean-absolute-error": "mean absolute error",
  "root-mean-squared-error": "root mean squared error",
  "r-squared": "R²",
  bias: "bias (prediction less outcome)",
};
