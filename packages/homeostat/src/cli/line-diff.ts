type Line = { readonly mark: " " | "-" | "+"; readonly text: string };

/** Lines of two texts side by side: the longest common lines stay. Cost: O(lines × lines). */
function linesOf(before: readonly string[], after: readonly string[]): readonly Line[] {
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (left: number, right: number): number => common[left * width + right] ?? 0;
  for (let left = before.length - 1; left >= 0; left -= 1)
    for (let right = after.length - 1; right >= 0; right -= 1)
      common[left * width + right] =
        before[left] === after[right]
          ? at(left + 1, right + 1) + 1
          : Math.max(at(left + 1, right), at(left, right + 1));
  const lines: Line[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const [old, fresh] = [before[left], after[right]];
    if (old !== undefined && old === fresh) {
      lines.push({ mark: " ", text: old });
      left += 1;
      right += 1;
    } else if (fresh !== undefined && (old === undefined || at(left, right + 1) > at(left + 1, right))) {
      lines.push({ mark: "+", text: fresh });
      right += 1;
    } else {
      lines.push({ mark: "-", text: old ?? "" });
      left += 1;
    }
  }
  return lines;
}

const context = 3;

/** What changed between two texts, with three lines around each change; empty when nothing did. */
export function lineDiff(name: string, before: string, after: string): string {
  const lines = linesOf(before.split("\n"), after.split("\n"));
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== " "),
  );
  if (!near.includes(true)) return "";
  const shown = lines.flatMap(({ mark, text }, index) => {
    if (near[index] !== true) return [];
    const gap = index > 0 && near[index - 1] === false ? ["…"] : [];
    return [...gap, `${mark}${text}`];
  });
  return `--- ${name}\n+++ ${name}\n${shown.join("\n")}\n`;
}
