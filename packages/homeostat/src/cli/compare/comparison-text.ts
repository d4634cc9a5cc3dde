import { segmentTextOf } from "../../domain/comparison/compared-column.ts";
import type { Comparison } from "../../domain/comparison/comparison.ts";
import { columnSentence, metricNames, schemaSentence, shortNumber } from "../../domain/comparison/finding-sentence.ts";
import type { ColumnFinding } from "../../domain/comparison/judge-columns.ts";
import type { PerformanceFinding } from "../../domain/comparison/judge-performance.ts";
import { countedText, countText } from "../format-value.ts";
import { renderFacts, renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { verdictText } from "../verdict-text.ts";

const mostShown = 25;
const isNews = ({ verdict }: { readonly verdict: string }): boolean => verdict === "critical" || verdict === "warning";

/** The comparison for people: what was compared, what moved, how well the model does, what was not looked at. */
export function comparisonText(comparison: Comparison, terminal: Terminal): string {
  return [
    headText(comparison, terminal),
    schemaText(comparison, terminal),
    findingsText(comparison, terminal),
    performanceText(comparison, terminal),
    quietText(comparison),
  ]
    .filter(Boolean)
    .join("\n");
}

function tableText({ name, rows, files }: Comparison["reference"]): string {
  return `${name}: ${countedText(rows, "row")}${files > 1 ? ` in ${files} files` : ""}`;
}

function headText(comparison: Comparison, terminal: Terminal): string {
  const { plan, findings, performance } = comparison;
  const all = [...plan.schema, ...findings, ...performance];
  const number = (verdict: string): number => all.filter((finding) => finding.verdict === verdict).length;
  const tallies = [
    countedText(number("critical"), "critical finding"),
    countedText(number("warning"), "warning"),
    ...(number("not-enough-data") > 0 ? [`${countText(number("not-enough-data"))} without enough data`] : []),
  ];
  return renderFacts(
    [
      ["Reference", tableText(comparison.reference)],
      ["Current", tableText(comparison.current)],
      [
        "Compared",
        `${countedText(plan.columns.length, "column")}${plan.segments.length === 0 ? "" : `, also by ${plan.segments.join(", ")}`}`,
      ],
      ["Verdict", `${verdictText(comparison.verdict, terminal.colors)}: ${tallies.join(", ")}`],
    ],
    terminal,
  );
}

function schemaText({ plan }: Comparison, terminal: Terminal): string {
  if (plan.schema.length === 0) return "";
  const rows = plan.schema.map((finding) => [
    verdictText(finding.verdict, terminal.colors),
    finding.column,
    schemaSentence(finding),
  ]);
  return renderTable([{ head: "Verdict" }, { head: "Column" }, { head: "Table", wraps: true }], rows, terminal);
}

const questionNames: Readonly<Record<ColumnFinding["question"], string>> = {
  distribution: "distribution",
  missing: "missing values",
  "new-values": "new values",
  range: "out of range",
};

function findingsText({ findings, columns }: Comparison, terminal: Terminal): string {
  const news = findings.filter(isNews);
  if (news.length === 0) return "";
  const rows = news
    .slice(0, mostShown)
    .map((finding) => [
      verdictText(finding.verdict, terminal.colors),
      finding.column + (finding.role === "feature" ? "" : ` (${finding.role})`),
      segmentTextOf(finding.segment),
      questionNames[finding.question],
      columnSentence(finding, columns),
    ]);
  const table = renderTable(
    [{ head: "Verdict" }, { head: "Column" }, { head: "Where" }, { head: "What" }, { head: "Evidence", wraps: true }],
    rows,
    terminal,
  );
  const more = news.length - mostShown;
  return more > 0 ? `${table}${countText(more)} more: --json lists all, --html shows them with charts.\n` : table;
}

function performanceText({ performance, plan, positive }: Comparison, terminal: Terminal): string {
  if (plan.performance.kind === "not-checked") return `Performance not checked: ${plan.performance.reason}.\n`;
  const worth = performance.filter((finding) => finding.segment === undefined || isNews(finding)).slice(0, mostShown);
  const rows = worth.map((finding) => [
    verdictText(finding.verdict, terminal.colors),
    metricNames[finding.metric],
    segmentTextOf(finding.segment),
    estimateText(finding.reference),
    estimateText(finding.current),
    countText(finding.rows),
  ]);
  const table = renderTable(
    [
      { head: "Verdict" },
      { head: "Performance" },
      { head: "Where" },
      { head: "Reference", align: "right" },
      { head: "Current", align: "right" },
      { head: "Rows", align: "right" },
    ],
    rows,
    terminal,
  );
  return positive === undefined ? table : `${table}Positive is ${plan.performance.outcome} = ${positive}.\n`;
}

function estimateText(estimate: PerformanceFinding["current"]): string {
  if (estimate === undefined) return "–";
  return `${shortNumber(estimate.value)} (${shortNumber(estimate.lower)} to ${shortNumber(estimate.upper)})`;
}

function quietText({ findings, plan }: Comparison): string {
  const overall = findings.filter((finding) => finding.segment === undefined && finding.question === "distribution");
  const quiet = overall.filter((finding) => finding.verdict === "healthy");
  const lines: string[] = [];
  if (quiet.length > 0) {
    const visible = Math.max(...quiet.map((finding) => finding.smallestVisible ?? 0));
    lines.push(
      `${countedText(quiet.length, "column")} moved by less than matters over all rows; a true PSI of ${shortNumber(visible)} would have been seen in each.`,
    );
  }
  for (const { column, reason } of plan.notCompared) lines.push(`Not compared: ${column} ${reason}.`);
  lines.push("Rows are taken as independent: two tables do not tell how much healthy ones differ.");
  return `${lines.join("\n")}\n`;
}
