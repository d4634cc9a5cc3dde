import type { LineageGraph as Graph } from "@homeostat/protocol";
import { type ReactElement, useEffect, useRef } from "react";
import { Link } from "wouter";
import { type LineageBox, layOutLineage } from "./lineage-layout.ts";

const boxWidth = 168;
const boxHeight = 42;
const columnGap = 36;
const rowGap = 16;
const edge = 6;
/** Characters that fit into a box. */
const mostCharacters = 24;

export const lineageHref = (node: string): string => `/lineage?node=${encodeURIComponent(node)}`;

const left = (box: LineageBox): number => edge + box.column * (boxWidth + columnGap);
const top = (box: LineageBox): number => edge + box.row * (boxHeight + rowGap);

/** The end of a long name tells it apart; of digests the beginning does. */
function shortened(name: string): string {
  const rest = name.slice(name.indexOf(":") + 1);
  if (rest.length <= mostCharacters) return rest;
  return /^[a-z]+-[0-9a-f]{12,}$/.test(rest)
    ? `${rest.slice(0, mostCharacters - 1)}…`
    : `…${rest.slice(1 - mostCharacters)}`;
}

const labelOf = (box: LineageBox): string =>
  box.names.length === 1 ? shortened(box.names[0] ?? "") : `${box.names.length} ${box.kind}s`;

function Box(props: { readonly box: LineageBox; readonly root: string }): ReactElement {
  const { box, root } = props;
  const isRoot = box.names.includes(root);
  const full = box.names.length === 1 ? box.names[0] : `${labelOf(box)}: ${box.names.join(", ")}`;
  const shape = (
    <>
      <title>{full}</title>
      <rect x={left(box)} y={top(box)} width={boxWidth} height={boxHeight} rx={5} />
      <text className="lineage-kind" x={left(box) + 9} y={top(box) + 16}>
        {box.kind}
      </text>
      <text x={left(box) + 9} y={top(box) + 33}>
        {labelOf(box)}
      </text>
    </>
  );
  if (isRoot || box.names.length > 1)
    return (
      <g className="lineage-box" data-root={isRoot}>
        {shape}
      </g>
    );
  return (
    <Link href={lineageHref(box.names[0] ?? "")} className="lineage-box" aria-label={full ?? ""}>
      {shape}
    </Link>
  );
}

/** A lineage from its sources on the left to what is made of them; every component is a link to its own lineage. */
export function LineageGraphView(props: { readonly graph: Graph }): ReactElement {
  const { graph } = props;
  const drawing = layOutLineage(graph);
  const boxes = new Map(drawing.boxes.map((box) => [box.id, box]));
  const width = 2 * edge + drawing.columns * boxWidth + (drawing.columns - 1) * columnGap;
  const scroller = useRef<HTMLElement>(null);
  const root = drawing.boxes.find((box) => box.names.includes(graph.root));
  const middle = root === undefined ? 0 : left(root) + boxWidth / 2;
  useEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollLeft = middle - element.clientWidth / 2;
  }, [middle]);
  const height = 2 * edge + drawing.rows * boxHeight + (drawing.rows - 1) * rowGap;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroller" aria-label={`Lineage of ${graph.root}, drawn`} tabIndex={0} ref={scroller}>
      <svg
        className="lineage"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        aria-label={`${graph.nodes.length} components around ${graph.root}; the table below names every edge`}
      >
        {drawing.lines.map(({ from, to }) => {
          const [start, end] = [boxes.get(from), boxes.get(to)];
          if (start === undefined || end === undefined) return null;
          const [x1, y1] = [left(start) + boxWidth, top(start) + boxHeight / 2];
          const [x2, y2] = [left(end), top(end) + boxHeight / 2];
          const bend = Math.max(columnGap / 2, (x2 - x1) / 2);
          return <path key={`${from} ${to}`} d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />;
        })}
        {drawing.boxes.map((box) => (
          <Box key={box.id} box={box} root={graph.root} />
        ))}
      </svg>
    </section>
  );
}
