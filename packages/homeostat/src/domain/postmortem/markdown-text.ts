/** Characters that mean something in Markdown where a text stands in a line. */
const special = /[\\`*_{}[\]<>#|~!&]/g;

/** Text of users or senders as it is, in one line: nothing of it becomes a link, a picture, a heading or HTML. */
export function plainMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(special, (character) => `\\${character}`);
}

/** Instants as `isoOf` writes them; people read them to the minute. */
const instant = /(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z/g;

/**
 * Our own sentences, which put names between backticks: these stay code, instants are told to the minute, all else is as
 * in `plainMarkdown`.
 */
export function sentenceMarkdown(sentence: string): string {
  const text = sentence.replaceAll(instant, "$1 $2 UTC");
  const parts = text.replaceAll(/\s+/g, " ").split("`");
  if (parts.length % 2 === 0) return plainMarkdown(text);
  return parts.map((part, index) => (index % 2 === 1 ? `\`${part}\`` : plainMarkdown(part))).join("");
}

/** A table; cells are Markdown already. */
export function tableMarkdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
