/** A titled Markdown table, as the calibration tests write them for docs/statistics.md. */
export function markdownTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [`### ${title}`, "", line(header), line(header.map(() => "---")), ...rows.map(line), "", ""].join("\n");
}
