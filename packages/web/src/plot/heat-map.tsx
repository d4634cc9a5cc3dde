import type { DriftCell } from "@homeostat/protocol";
import { type ReactElement, useMemo } from "react";
import { driftSentence } from "../text/drift-sentence.ts";
import { driftLevelOf, driftLevels } from "./drift-level.ts";
import { type GridCell, GridMap, Mark } from "./grid-map.tsx";
import { heatMapLayout, markersByColumn } from "./heat-map-layout.ts";
import type { Marker } from "./series.ts";

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

const classOf = (cell: DriftCell): string => {
  if (cell.state === "not-checked") return "heat heat-unchecked";
  const level = cell.state === "not-enough-data" ? null : driftLevelOf(cell.psiDebiased);
  return level === null ? "heat heat-scarce" : `heat heat-${level.name}`;
};

function gridCell(feature: string, cell: DriftCell | null, window: string): GridCell {
  if (cell === null)
    return { className: "heat heat-unchecked", mark: null, sentence: `${feature}, ${window}: not checked` };
  const marked = cell.state === "warning" || cell.state === "critical" ? cell.state : null;
  return {
    className: classOf(cell),
    mark: marked === null ? null : <Mark kind={marked} />,
    sentence: driftSentence(cell, window),
  };
}

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
        <Mark kind="warning" /> warning: real by the tests
      </li>
      <li>
        <Mark kind="critical" /> critical: real and over 0.25
      </li>
    </ul>
  );
}

/** Features by windows, coloured by debiased PSI: colour is the size of the shift, the mark is the verdict. */
export function HeatMap(props: HeatMapProps): ReactElement {
  const { cells, windows, markers, windowMs, nameWindow } = props;
  const layout = useMemo(() => heatMapLayout(cells, windows), [cells, windows]);
  const changed = useMemo(() => markersByColumn(layout, markers, windowMs), [layout, markers, windowMs]);
  const rows = useMemo(
    () =>
      layout.features.map((name, row) => ({
        name,
        cells: layout.windows.map((start, column) =>
          gridCell(name, layout.cells[row]?.[column] ?? null, nameWindow(start)),
        ),
      })),
    [layout, nameWindow],
  );
  return (
    <GridMap
      caption={props.caption}
      legend={<HeatLegend />}
      rows={rows}
      columns={layout.windows}
      changed={changed}
      formatTime={props.formatTime}
    />
  );
}
