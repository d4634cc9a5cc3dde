import type { Dataset, DatasetCheck, DatasetDetail } from "@homeostat/protocol";
import type { Cli } from "./cli.ts";
import { countText, instantText, numberText } from "./format-value.ts";
import { renderFacts, renderTable } from "./table.ts";

export function datasetListText(cli: Cli, system: string, items: readonly Dataset[]): string {
  if (items.length === 0)
    return `${system} has no datasets.\nMake one: homeostat dataset create ${system} --from <file>\n`;
  return renderTable(
    [
      { head: "Dataset" },
      { head: "Made of" },
      { head: "Rows", align: "right" },
      { head: "Erased", align: "right" },
      { head: "Made" },
      { head: "By", wraps: true },
    ],
    items.map((item) => [
      item.digest.slice(0, 15),
      item.kind,
      countText(item.rows),
      countText(item.erasedRows),
      instantText(item.createdAt),
      item.createdBy,
    ]),
    cli.terminal,
  );
}

/** What is known of one dataset. */
export function datasetText(cli: Cli, detail: DatasetDetail): string {
  const bytes = detail.parts.reduce((sum, part) => sum + part.bytes, 0);
  const facts: [string, string][] = [
    ["Dataset", cli.terminal.colors.bold(detail.digest)],
    ["Made", `${instantText(detail.createdAt)}${detail.createdBy === "" ? "" : ` by ${detail.createdBy}`}`],
    ["Of", originText(detail)],
    ["Rows", countText(detail.rows)],
    ["Parts", `${countText(detail.parts.length)}, ${countText(bytes)} bytes of text`],
  ];
  if (detail.leftOut > 0) facts.push(["Left out", `${countText(detail.leftOut)} rows of erased subjects`]);
  if (detail.erasedRows > 0) facts.push(["Erased", `${countText(detail.erasedRows)} rows on request`]);
  return `${renderFacts(facts, cli.terminal)}\n${statisticsText(cli, detail)}`;
}

function originText({ origin }: DatasetDetail): string {
  if (origin.kind === "files")
    return origin.files.length === 0
      ? "a file (its name was not noted)"
      : origin.files.map(({ name, sha256 }) => `${name} (sha256 ${sha256.slice(0, 12)})`).join(", ");
  const where = origin.where === null ? "" : ` where ${origin.where}`;
  const labelled = origin.labelledOnly ? ", with outcomes only" : "";
  return `predictions from ${instantText(origin.since)} to ${instantText(origin.until)}${where}${labelled}, received until ${instantText(origin.receivedUntil)}`;
}

function statisticsText(cli: Cli, { statistics, rows }: DatasetDetail): string {
  return renderTable(
    [
      { head: "Column" },
      { head: "Kind" },
      { head: "Missing", align: "right" },
      { head: "Distinct", align: "right" },
      { head: "Least" },
      { head: "Most" },
      { head: "Quantiles 5, 25, 50, 75, 95 %, or most frequent", wraps: true },
    ],
    statistics.map((column) => [
      column.name,
      column.kind,
      rows === 0 ? "-" : `${((100 * column.nulls) / rows).toFixed(1)} %`,
      countText(column.distinct),
      shortText(column.min),
      shortText(column.max),
      column.quantiles?.map((value) => numberText(value)).join(", ") ??
        column.top?.map(({ value, rows: count }) => `${shortText(value)} (${countText(count)})`).join(", ") ??
        "",
    ]),
    cli.terminal,
  );
}

const longestValue = 24;
const shortText = (value: string | null): string =>
  value === null ? "-" : value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;

/** What verifying found, the worst first. */
export function datasetCheckText(cli: Cli, check: DatasetCheck): string {
  const lines = [`${check.dataset.slice(0, 15)}…: ${stateText(check)}`];
  if (check.manifest !== "ok") lines.push(`  manifest ${check.manifest}`);
  for (const part of check.parts) {
    if (part.state === "corrupt") lines.push(`  part ${part.part} corrupt: ${part.reason}`);
    if (part.state === "missing") lines.push(`  part ${part.part} missing`);
    if (part.state === "erased") lines.push(`  part ${part.part} erased (${part.rows})`);
  }
  lines.push(`  source ${sourceText(check.source)}`);
  if (check.state === "missing" || check.state === "corrupt")
    lines.push(cli.terminal.colors.bold("Restore the parts from a backup; do not train on this dataset."));
  return `${lines.join("\n")}\n`;
}

function stateText(check: DatasetCheck): string {
  return check.state === "erased"
    ? `erased (${check.erasedRows}); every other row is as it was stored`
    : check.state === "ok"
      ? `ok, ${check.parts.length} parts read again`
      : check.state;
}

function sourceText(source: DatasetCheck["source"]): string {
  if (source.state === "same") return "unchanged";
  return source.state === "missing" ? `missing: ${source.reason}` : `not checked: ${source.reason}`;
}
