import type { LineageEdge, LineageGraph } from "@homeostat/protocol";

/** At most this many columns of an edge are written out. */
const shownColumns = 6;

/**
 * A walked lineage as a tree of lines, the node asked about first. A component that stands in the tree already is named
 * again and not followed again, so shared branches and cycles end. Ends with a newline.
 */
export function lineageTree(graph: LineageGraph, way: "up" | "down"): string {
  const versions = new Map(graph.nodes.map((node) => [node.name, node.version]));
  const next = new Map<string, { readonly name: string; readonly edge: LineageEdge }[]>();
  for (const edge of graph.edges) {
    const [here, beyond] = way === "up" ? [edge.to, edge.from] : [edge.from, edge.to];
    next.set(here, [...(next.get(here) ?? []), { name: beyond, edge }]);
  }
  const written = new Set<string>();
  const lines: string[] = [];
  const labelOf = (name: string): string => {
    const version = versions.get(name) ?? null;
    return version === null || name.endsWith(version) ? name : `${name} (${version})`;
  };
  const write = (name: string, lead: string, below: string, edge: LineageEdge | undefined): void => {
    const again = written.has(name);
    written.add(name);
    const branches = next.get(name) ?? [];
    const mark = again && branches.length > 0 ? "  (see above)" : "";
    lines.push(`${lead}${labelOf(name)}${edge === undefined ? "" : columnText(edge)}${mark}`);
    if (again) return;
    branches.forEach((branch, index) => {
      const last = index === branches.length - 1;
      write(branch.name, `${below}${last ? "└─ " : "├─ "}`, `${below}${last ? "   " : "│  "}`, branch.edge);
    });
  };
  write(graph.root, "", "", undefined);
  return `${lines.join("\n")}\n`;
}

function columnText({ columns }: LineageEdge): string {
  if (columns.length === 0) return "";
  const names = [...new Set(columns.map((step) => step.from))];
  const rest = names.length > shownColumns ? `, and ${names.length - shownColumns} more` : "";
  return `  [${names.slice(0, shownColumns).join(", ")}${rest}]`;
}
