import { segmentTextOf } from "../../domain/comparison/compared-column.ts";
import { type Comparison, rankOf } from "../../domain/comparison/comparison.ts";
import { columnSentence, metricNames, schemaSentence, shortNumber } from "../../domain/comparison/finding-sentence.ts";
import type { ColumnFinding, ComparisonVerdict } from "../../domain/comparison/judge-columns.ts";
import type { PerformanceFinding } from "../../domain/comparison/judge-performance.ts";
import { columnChart } from "./column-chart.ts";
import { escapeHtml } from "./escape-html.ts";
import { reportStyle } from "./report-style.ts";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const isNews = ({ verdict }: { readonly verdict: ComparisonVerdict }): boolean =>
  verdict === "critical" || verdict === "warning";
const most = 500;

/**
 * One page that needs nothing else: no script, no font, no address outside. Columns that moved come first, each with the
 * shares of its values before and now; everything that was asked stands in a table at the end.
 */
export function comparisonHtml(comparison: Comparison, madeAt: string): string {
  const { plan, reference, current } = comparison;
  const title = `${reference.name} → ${current.name}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Comparison: ${escapeHtml(title)}</title><style>${reportStyle}</style></head>
<body><header><p class="kicker">Homeostat comparison, ${escapeHtml(madeAt)}</p><h1>${badge(comparison.verdict)} ${escapeHtml(current.name)}</h1>
<p>${count(current.rows)} rows, held against ${escapeHtml(reference.name)} with ${count(reference.rows)} rows. ${summaryOf(comparison)}</p></header>
<main>
${section("Table", plan.schema.length === 0 ? "" : schemaTable(comparison))}
${section("Columns that moved", movedColumns(comparison))}
${section("Performance", performanceTable(comparison))}
${section("Every question", questionTable(comparison))}
${section("Not looked at", notCompared(comparison))}
</main><footer><p>A finding needs two gates: real (p-value after control of false discoveries at 1 % over all questions) and material (debiased PSI of at least 0.1 for a warning and 0.25 for critical; growth of missing values by 1 and 10 percentage points; unseen values in 0.1 % and 1 % of rows; performance lost by 2 and 5 percentage points, errors grown by 5 % and 10 %). Rows are taken as independent: two tables do not tell how much healthy ones differ.</p></footer></body></html>
`;
}

const verdictWords: Readonly<Record<ComparisonVerdict, string>> = {
  critical: "critical",
  warning: "warning",
  healthy: "healthy",
  "not-enough-data": "not enough data",
  "not-checked": "shown only",
};

const badge = (verdict: ComparisonVerdict): string => `<span class="badge ${verdict}">${verdictWords[verdict]}</span>`;

const section = (title: string, body: string): string =>
  body === "" ? "" : `<section><h2>${title}</h2>\n${body}</section>`;

function summaryOf({ plan, findings, performance }: Comparison): string {
  const all = [...plan.schema, ...findings, ...performance];
  const of = (verdict: ComparisonVerdict): number => all.filter((finding) => finding.verdict === verdict).length;
  const segments = plan.segments.length === 0 ? "" : `, also by ${plan.segments.map(escapeHtml).join(", ")}`;
  return `${plan.columns.length} columns compared${segments}: ${of("critical")} critical findings, ${of("warning")} warnings, ${of("not-enough-data")} questions without enough data.`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function schemaTable({ plan }: Comparison): string {
  return table(
    ["Verdict", "Column", "What"],
    plan.schema.map((finding) => [badge(finding.verdict), code(finding.column), escapeHtml(schemaSentence(finding))]),
  );
}

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

function movedColumns(comparison: Comparison): string {
  const news = comparison.findings.filter(isNews);
  if (news.length === 0) return "<p>None: every difference is either what chance gives or too small to matter.</p>";
  const names = [...new Set(news.map(({ column }) => column))];
  return names
    .map((name) =>
      columnArticle(
        comparison,
        name,
        news.filter(({ column }) => column === name),
      ),
    )
    .join("\n");
}

function columnArticle(comparison: Comparison, name: string, findings: readonly ColumnFinding[]): string {
  const column = comparison.columns.find((candidate) => candidate.name === name);
  const worst = findings.toSorted((left, right) => rankOf(left.verdict) - rankOf(right.verdict))[0];
  const lines = findings
    .slice(0, 8)
    .map(
      (finding) =>
        `<li>${badge(finding.verdict)} <b>${escapeHtml(segmentTextOf(finding.segment))}</b>: ${escapeHtml(columnSentence(finding, comparison.columns))}</li>`,
    );
  const more = findings.length > 8 ? `<li>${findings.length - 8} more in the table below</li>` : "";
  const cell = column?.cells.find(({ segment }) => segmentTextOf(segment) === segmentTextOf(worst?.segment));
  const chart =
    column === undefined || cell === undefined
      ? ""
      : `<figure>${columnChart(column.binning, cell)}<figcaption>Share of ${escapeHtml(segmentTextOf(cell.segment))}: <i class="was"></i> before, <i class="is"></i> now</figcaption></figure>`;
  return `<article><h3>${code(name)}</h3><ul>${lines.join("")}${more}</ul>${chart}</article>`;
}

function performanceTable({ plan, performance, positive }: Comparison): string {
  if (plan.performance.kind === "not-checked") return `<p>Not checked: ${escapeHtml(plan.performance.reason)}.</p>`;
  const note = positive === undefined ? "" : `<p>Positive is ${code(`${plan.performance.outcome} = ${positive}`)}.</p>`;
  const rows = performance
    .slice(0, most)
    .map((finding) => [
      badge(finding.verdict),
      metricNames[finding.metric],
      escapeHtml(segmentTextOf(finding.segment)),
      estimate(finding.reference),
      estimate(finding.current),
      count(finding.rows),
    ]);
  return note + table(["Verdict", "Metric", "Where", "Before (95 %)", "Now (95 %)", "Rows now"], rows);
}

function estimate(value: PerformanceFinding["current"]): string {
  if (value === undefined) return "not known";
  return `${shortNumber(value.value)} <small>${shortNumber(value.lower)} to ${shortNumber(value.upper)}</small>`;
}

function questionTable({ findings, columns }: Comparison): string {
  const rows = findings
    .slice(0, most)
    .map((finding) => [
      badge(finding.verdict),
      code(finding.column),
      escapeHtml(segmentTextOf(finding.segment)),
      escapeHtml(columnSentence(finding, columns)),
      finding.adjustedPValue === undefined ? "not known" : pText(finding.adjustedPValue),
    ]);
  const more =
    findings.length > most ? `<p>The worst ${most} of ${count(findings.length)}; <code>--json</code> has all.</p>` : "";
  return more + table(["Verdict", "Column", "Where", "Evidence", "p, corrected"], rows);
}

const pText = (p: number): string => (p < 1e-4 ? "&lt; 0.0001" : p.toFixed(4));

function notCompared({ plan }: Comparison): string {
  if (plan.notCompared.length === 0) return "";
  const items = plan.notCompared.map(({ column, reason }) => `<li>${code(column)} ${escapeHtml(reason)}</li>`);
  return `<ul>${items.join("")}</ul>`;
}
