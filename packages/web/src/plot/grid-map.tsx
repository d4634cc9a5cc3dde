import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { sparseIndices } from "./chart-scale.ts";
import { type GridPlace, placeAfterKey } from "./heat-map-layout.ts";
import type { Marker } from "./series.ts";

type MarkersByColumn = ReadonlyMap<number, readonly Marker[]>;

/** One cell: how it looks, what stands on it and what it says. */
export interface GridCell {
  readonly className: string;
  readonly mark: ReactNode;
  readonly sentence: string;
}

interface GridRowContent {
  readonly name: string;
  /** As many as there are columns. */
  readonly cells: readonly GridCell[];
}

interface GridMapProps {
  readonly caption: string;
  readonly legend: ReactElement;
  readonly rows: readonly GridRowContent[];
  /** Starts of windows, oldest first. */
  readonly columns: readonly string[];
  readonly changed: MarkersByColumn;
  readonly formatTime: (epochMs: number) => string;
  /** Column that is shown as chosen. */
  readonly chosen?: number;
  /** Called with a column that is clicked, or on which Enter or space is pressed. */
  readonly onChoose?: (column: number) => void;
}

/** A shape instead of a character: not every font has a triangle. */
export function Mark(props: { readonly kind: "warning" | "critical" }): ReactElement {
  return <i className={`mark mark-${props.kind}`} />;
}

function placeOf(target: EventTarget): GridPlace | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("td[data-row]") : null;
  return cell === null ? null : { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
}

const classOf = (cell: GridCell, column: number, changed: MarkersByColumn, chosen: number | undefined): string =>
  `${cell.className}${changed.has(column) ? " changed" : ""}${column === chosen ? " chosen" : ""}`;

/** One row; memoised because a refresh rarely changes more than the newest column. */
const GridRow = memo(function GridRow(props: {
  readonly content: GridRowContent;
  readonly row: number;
  readonly columns: readonly string[];
  readonly stop: number | null;
  readonly chosen: number | undefined;
  readonly changed: MarkersByColumn;
}): ReactElement {
  return (
    <tr>
      <th scope="row">{props.content.name}</th>
      {props.content.cells.map((cell, column) => (
        <td
          key={props.columns[column]}
          className={classOf(cell, column, props.changed, props.chosen)}
          data-row={props.row}
          data-column={column}
          tabIndex={props.stop === column ? 0 : -1}
          aria-label={cell.sentence}
        >
          {cell.mark}
        </td>
      ))}
    </tr>
  );
});

function GridHead(props: Pick<GridMapProps, "columns" | "changed">): ReactElement {
  const { columns, changed } = props;
  return (
    <thead>
      <tr>
        <td className="heat-corner">{changed.size === 0 ? "" : "changes, by number"}</td>
        {columns.map((start, column) => (
          <th key={start} title={(changed.get(column) ?? []).map(({ title }) => title).join("\n")}>
            {(changed.get(column) ?? []).map(({ flag }) => flag).join(",")}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function GridFoot(props: Pick<GridMapProps, "columns" | "formatTime">): ReactElement {
  const count = props.columns.length;
  const labelled = new Set(sparseIndices(count, Math.max(2, Math.ceil(count / 5))));
  return (
    <tfoot>
      <tr>
        <td className="heat-corner" />
        {props.columns.map((start, column) => (
          <th key={start} scope="col" className={labelled.has(column) ? "" : "unlabelled"}>
            <span>{props.formatTime(Date.parse(start))}</span>
          </th>
        ))}
      </tr>
    </tfoot>
  );
}

/**
 * Rows by windows as coloured cells. One tab stop; arrow keys move from cell to cell, and the cell under pointer or focus
 * is said in words below. Choosing a column is told to the page where it wants to know.
 */
export function GridMap(props: GridMapProps): ReactElement {
  const { rows, columns, changed, onChoose } = props;
  const [focus, setFocus] = useState<GridPlace>({ row: 0, column: Math.max(0, columns.length - 1) });
  const [shown, setShown] = useState<GridPlace | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const stop = { row: Math.min(focus.row, rows.length - 1), column: Math.min(focus.column, columns.length - 1) };

  // The newest window is what people come for: a picture wider than the page starts at its right end.
  useEffect(() => {
    if (columns.length > 0 && scroller.current !== null) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [columns.length]);

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>): void => {
    const from = placeOf(event.target);
    if (from === null) return;
    if (onChoose !== undefined && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      onChoose(from.column);
    }
    const to = placeAfterKey(from, event.key, rows.length, columns.length);
    if (to === null) return;
    event.preventDefault();
    setFocus(to);
    event.currentTarget.querySelector<HTMLElement>(`[data-row="${to.row}"][data-column="${to.column}"]`)?.focus();
  };
  const show = (event: FocusEvent | PointerEvent): void => setShown(placeOf(event.target));
  const onFocus = (event: FocusEvent): void => {
    const place = placeOf(event.target);
    if (place !== null) setFocus(place);
    show(event);
  };
  const onClick = (event: MouseEvent): void => {
    const place = placeOf(event.target);
    if (place !== null) onChoose?.(place.column);
  };

  const said = shown === null ? undefined : rows[shown.row]?.cells[shown.column]?.sentence;
  return (
    <figure className="heat-figure">
      {props.legend}
      <div className="heat-scroller" ref={scroller}>
        <table
          className={onChoose === undefined ? "heat-map" : "heat-map heat-choosable"}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onFocus={onFocus}
          onPointerOver={show}
          onPointerLeave={() => setShown(null)}
        >
          <caption className="hidden">{props.caption}</caption>
          <GridHead columns={columns} changed={changed} />
          <tbody>
            {rows.map((content, row) => (
              <GridRow
                key={content.name}
                content={content}
                row={row}
                columns={columns}
                stop={stop.row === row ? stop.column : null}
                chosen={props.chosen}
                changed={changed}
              />
            ))}
          </tbody>
          <GridFoot columns={columns} formatTime={props.formatTime} />
        </table>
      </div>
      <figcaption className="readout" aria-live="polite">
        {said !== undefined ? (
          <span>{said}</span>
        ) : (
          <span className="quiet">
            Point at a cell, or focus the map and use the arrow keys
            {onChoose === undefined ? "." : "; click or Enter chooses the window."}
          </span>
        )}
      </figcaption>
    </figure>
  );
}
