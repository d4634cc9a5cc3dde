import type { DriftCell } from "@homeostat/protocol";
import {
  type FocusEvent,
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { driftSentence } from "../text/drift-sentence.ts";
import { sparseIndices } from "./chart-scale.ts";
import { driftLevelOf, driftLevels } from "./drift-level.ts";
import {
  type GridPlace,
  type HeatMapLayout,
  heatMapLayout,
  markersByColumn,
  placeAfterKey,
} from "./heat-map-layout.ts";
import type { Marker } from "./series.ts";

type MarkersByColumn = ReadonlyMap<number, readonly Marker[]>;

interface HeatMapProps {
  readonly caption: string;
  readonly cells: readonly DriftCell[];
  /** Window starts, one column each. */
  readonly windows: readonly string[];
  readonly markers: readonly Marker[];
  readonly windowMs: number;
  readonly formatTime: (epochMs: number) => string;
  readonly nameWindow: (startIso: string) => string;
}

/** Shapes instead of characters: not every font has a triangle. */
function Mark(props: { readonly state: DriftCell["state"] | undefined }): ReactElement | null {
  return props.state === "warning" || props.state === "critical" ? <i className={`mark mark-${props.state}`} /> : null;
}

const classOf = (cell: DriftCell | null): string => {
  if (cell === null || cell.state === "not-checked") return "heat heat-unchecked";
  const level = cell.state === "not-enough-data" ? null : driftLevelOf(cell.psiDebiased);
  return level === null ? "heat heat-scarce" : `heat heat-${level.name}`;
};

function placeOf(target: EventTarget): GridPlace | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("td[data-row]") : null;
  return cell === null ? null : { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
}

/** One row; memoised because a refresh rarely changes more than the newest column. */
const HeatRow = memo(function HeatRow(props: {
  readonly feature: string;
  readonly row: number;
  readonly cells: readonly (DriftCell | null)[];
  readonly windows: readonly string[];
  readonly stop: number | null;
  readonly changed: MarkersByColumn;
  readonly nameWindow: (startIso: string) => string;
}): ReactElement {
  return (
    <tr>
      <th scope="row">{props.feature}</th>
      {props.windows.map((window, column) => {
        const cell = props.cells[column] ?? null;
        return (
          <td
            key={window}
            className={props.changed.has(column) ? `${classOf(cell)} changed` : classOf(cell)}
            data-row={props.row}
            data-column={column}
            tabIndex={props.stop === column ? 0 : -1}
            aria-label={
              cell === null
                ? `${props.feature}, ${props.nameWindow(window)}: not checked`
                : driftSentence(cell, props.nameWindow(window))
            }
          >
            <Mark state={cell?.state} />
          </td>
        );
      })}
    </tr>
  );
});

/** Colours, hatching and marks of the heat map in words. */
function HeatLegend(): ReactElement {
  return (
    <ul className="heat-legend" aria-label="Legend: debiased PSI">
      {driftLevels.map((level) => (
        <li key={level.name}>
          <span className={`swatch heat-${level.name}`} />
          {level.words}
        </li>
      ))}
      <li>
        <span className="swatch heat-scarce" />
        not enough data
      </li>
      <li>
        <span className="swatch heat-unchecked" />
        not checked
      </li>
      <li>
        <Mark state="warning" /> warning: real by the tests
      </li>
      <li>
        <Mark state="critical" /> critical: real and over 0.25
      </li>
    </ul>
  );
}

function HeatBody(props: {
  readonly layout: HeatMapLayout;
  readonly focus: GridPlace;
  readonly changed: MarkersByColumn;
  readonly nameWindow: (startIso: string) => string;
}): ReactElement {
  const { layout, focus } = props;
  return (
    <tbody>
      {layout.features.map((feature, row) => (
        <HeatRow
          key={feature}
          feature={feature}
          row={row}
          cells={layout.cells[row] ?? []}
          windows={layout.windows}
          stop={focus.row === row ? focus.column : null}
          changed={props.changed}
          nameWindow={props.nameWindow}
        />
      ))}
    </tbody>
  );
}

/**
 * Features by windows, coloured by debiased PSI: colour is the size of the shift, the mark is the verdict. One tab stop;
 * arrow keys move from cell to cell, and the cell under pointer or focus is said in words below.
 */
export function HeatMap(props: HeatMapProps): ReactElement {
  const { cells, windows, markers, windowMs, nameWindow } = props;
  const layout = useMemo(() => heatMapLayout(cells, windows), [cells, windows]);
  const changed = useMemo(() => markersByColumn(layout, markers, windowMs), [layout, markers, windowMs]);
  const [rows, columns] = [layout.features.length, layout.windows.length];
  const [focus, setFocus] = useState<GridPlace>({ row: 0, column: Math.max(0, columns - 1) });
  const [shown, setShown] = useState<GridPlace | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const stop = { row: Math.min(focus.row, rows - 1), column: Math.min(focus.column, columns - 1) };

  // The newest window is what people come for: a picture wider than the page starts at its right end.
  useEffect(() => {
    if (columns > 0 && scroller.current !== null) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [columns]);

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>): void => {
    const from = placeOf(event.target);
    const to = from === null ? null : placeAfterKey(from, event.key, rows, columns);
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

  const labelled = new Set(sparseIndices(columns, Math.max(2, Math.ceil(columns / 5))));
  const cell = shown === null ? null : (layout.cells[shown.row]?.[shown.column] ?? null);
  const window = shown === null ? undefined : layout.windows[shown.column];
  return (
    <figure className="heat-figure">
      <HeatLegend />
      <div className="heat-scroller" ref={scroller}>
        <table
          className="heat-map"
          onKeyDown={onKeyDown}
          onFocus={onFocus}
          onPointerOver={show}
          onPointerLeave={() => setShown(null)}
        >
          <caption className="hidden">{props.caption}</caption>
          <thead>
            <tr>
              <td className="heat-corner">{changed.size === 0 ? "" : "changes, by number"}</td>
              {layout.windows.map((start, column) => (
                <th key={start} title={(changed.get(column) ?? []).map(({ title }) => title).join("\n")}>
                  {(changed.get(column) ?? []).map(({ flag }) => flag).join(",")}
                </th>
              ))}
            </tr>
          </thead>
          <HeatBody layout={layout} focus={stop} changed={changed} nameWindow={nameWindow} />
          <tfoot>
            <tr>
              <td className="heat-corner" />
              {layout.windows.map((start, column) => (
                <th key={start} scope="col" className={labelled.has(column) ? "" : "unlabelled"}>
                  <span>{props.formatTime(Date.parse(start))}</span>
                </th>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      <figcaption className="readout" aria-live="polite">
        {cell !== null && window !== undefined ? (
          <span>{driftSentence(cell, nameWindow(window))}</span>
        ) : (
          <span className="quiet">Point at a cell, or focus the map and use the arrow keys.</span>
        )}
      </figcaption>
    </figure>
  );
}
