import type { ReactElement } from "react";
import { PointShape } from "./line-chart-shape.tsx";

/** Names of the lines with their colour, dash and point shape, and what the axis counts. */
export function ChartLegend(props: {
  readonly names: readonly string[];
  readonly expectedName: string | null;
  readonly unit: string;
  /** What the numbers on the vertical lines are; null when there are no such lines. */
  readonly markerName: string | null;
}): ReactElement {
  return (
    <ul className="chart-legend">
      <li className="quiet">{props.unit}</li>
      {props.names.map((name, index) => (
        <li key={name}>
          <svg width={26} height={12} aria-hidden="true">
            <line className={`series-line series-${(index % 4) + 1}`} x1={1} x2={25} y1={6} y2={6} />
            <PointShape index={index} x={13} y={6} />
          </svg>
          {name}
        </li>
      ))}
      {props.expectedName === null ? null : (
        <li>
          <svg width={26} height={12} aria-hidden="true" className="chart-expected series-1">
            <rect x={1} width={24} y={2} height={8} />
            <line x1={1} x2={25} y1={6} y2={6} />
          </svg>
          {props.expectedName}
        </li>
      )}
      {props.markerName === null ? null : (
        <li className="quiet">
          <svg width={12} height={14} aria-hidden="true" className="marker">
            <line x1={6} x2={6} y1={0} y2={14} />
          </svg>
          {props.markerName}
        </li>
      )}
    </ul>
  );
}
