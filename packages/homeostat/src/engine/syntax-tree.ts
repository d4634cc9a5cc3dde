/** A node of the engine's syntax tree, as `EXPLAIN AST` prints it. */
export interface SyntaxNode {
  /** `Function`, `Identifier`, `Literal`, `ExpressionList`, `Subquery`, … */
  readonly kind: string;
  /** What follows the kind: a name or a literal. */
  readonly text: string;
  readonly aliased: boolean;
  readonly children: readonly SyntaxNode[];
}

interface OpenNode extends SyntaxNode {
  readonly depth: number;
  readonly children: OpenNode[];
}

/**
 * Reads the indented lines of `EXPLAIN AST` (one space a level).
 * A name with a line feed in it breaks into lines that are no node of any known kind; callers refuse unknown kinds.
 */
export function parseSyntaxTree(lines: readonly string[]): SyntaxNode | undefined {
  const open: OpenNode[] = [];
  let root: OpenNode | undefined;
  for (const line of lines) {
    const depth = line.length - line.trimStart().length;
    const node = parseLine(line.trim(), depth);
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= depth) open.pop();
    open.at(-1)?.children.push(node);
    if (root === undefined) root = node;
    open.push(node);
  }
  return root;
}

function parseLine(line: string, depth: number): OpenNode {
  const bare = line.replace(/ \(children \d+\)$/, "");
  const alias = / \(alias [^']+\)$/.exec(bare);
  const content = alias === null ? bare : bare.slice(0, alias.index);
  const space = content.indexOf(" ");
  return {
    kind: space === -1 ? content : content.slice(0, space),
    text: space === -1 ? "" : content.slice(space + 1),
    aliased: alias !== null || / \(alias /.test(bare.replace(/^Literal '(?:[^'\\]|\\.)*'/, "")),
    depth,
    children: [],
  };
}
