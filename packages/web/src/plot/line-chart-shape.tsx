import type { ReactElement } from "react";
import type { Scale } from "./chart-scale.ts";
import { expectedRuns, type Marker, type Series, type SeriesPoint, unbroken } from "./series.ts";

const middle = (point: SeriesPoint): number => (point.start + point.end) / 2;
const place = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;

/** The shape that marks a series' points, so that lines are told apart without colour. */
export function PointShape(props: { readonly index: number; readonly x: number; readonly y: number }): ReactElement {
  const { x, y } = props;
  const className = `series-mark series-${(props.index % 4) + 1}`;
  switch (props.index % 4) {
    case 0:
      return <circle className={className} cx={x} cy={y} r={3} />;
    case 1:
      return <rect className={className} x={x - 3} y={y - 3} width={6} height={6} />;
    case 2:
      return <path className={className} d={`M${place(x, y - 4)}L${place(x + 4, y + 3)}L${place(x - 4, y + 3)}Z`} />;
    default:
      return (
        <path
          className={className}
          d={`M${place(x, y - 4)}L${place(x + 4, y)}L${place(x, y + 4)}L${place(x - 4, y)}Z`}
        />
      );
  }
}

interface ShapeProps {
  readonly x: Scale;
  readonly y: Scale;
}

interface ExpectedProps extends ShapeProps {
  readonly points: readonly SeriesPoint[];
  readonly index: number;
  /** Whether the interval is drawn too; with many lines only the dashed values stay readable. */
  readonly banded: boolean;
}

/** The baseline's interval as a band and its value as a dashed line, in the colour of its series. */
export function ExpectedBand(props: ExpectedProps): ReactElement {
  const { x, y } = props;
  return (
    <g className={`chart-expected series-${(props.index % 4) + 1}`}>
      {expectedRuns(props.points).map((run) => (
        <g key={run.start}>
          {props.banded ? (
            <rect
              x={x(run.start)}
              width={x(run.end) - x(run.start)}
              y={y(run.high)}
              height={Math.max(1, y(run.low) - y(run.high))}
            />
          ) : null}
          <line x1={x(run.start)} x2={x(run.end)} y1={y(run.value)} y2={y(run.value)} />
        </g>
      ))}
    </g>
  );
}

/** One line with its interval band; broken where values are missing. */
export function SeriesShape(props: ShapeProps & { readonly series: Series; readonly index: number }): ReactElement {
  const { x, y, index } = props;
  const number = (index % 4) + 1;
  const dense = props.series.points.length > 80;
  return (
    <g>
      {unbroken(props.series.points).map((run) => {
        const upper = run.map((point) => place(x(middle(point)), y(point.high ?? point.value ?? 0)));
        const lower = run.map((point) => place(x(middle(point)), y(point.low ?? point.value ?? 0)));
        const line = run.map((point) => place(x(middle(point)), y(point.value ?? 0)));
        return (
          <g key={run[0]?.start}>
            {run.length > 1 ? (
              <polygon
                className={`series-band series-${number}`}
                points={[...upper, ...lower.toReversed()].join(" ")}
              />
            ) : (
              <line className={`series-whisker series-${number}`} {...whiskerOf(run[0], x, y)} />
            )}
            <polyline className={`series-line series-${number}`} points={line.join(" ")} />
            {dense && run.length > 1
              ? null
              : run.map((point) => (
                  <PointShape key={point.start} index={index} x={x(middle(point))} y={y(point.value ?? 0)} />
                ))}
          </g>
        );
      })}
    </g>
  );
}

function whiskerOf(
  point: SeriesPoint | undefined,
  x: Scale,
  y: Scale,
): Readonly<Record<"x1" | "x2" | "y1" | "y2", number>> {
  if (point === undefined) return { x1: 0, x2: 0, y1: 0, y2: 0 };
  const at = x(middle(point));
  return { x1: at, x2: at, y1: y(point.low ?? point.value ?? 0), y2: y(point.high ?? point.value ?? 0) };
}

/** Vertical lines at moments, with a short flag on top. Moments outside the time axis are not drawn. */
export function MarkerLines(props: {
  readonly markers: readonly Marker[];
  readonly x: Scale;
  readonly top: number;
  readonly bottom: number;
}): ReactElement {
  const [from, to] = props.x.domain;
  const [left, right] = [props.x(from), props.x(to)];
  return (
    <g className="chart-markers">
      {props.markers
        .filter(({ at }) => at >= from && at <= to)
        .map((marker) => {
          const at = props.x(marker.at);
          const anchor = at > right - 40 ? "end" : at < left + 40 ? "start" : "middle";
          return (
            <g key={`${marker.kind}-${marker.flag}-${marker.at}`} className={`marker marker-${marker.kind}`}>
              <title>{marker.title}</title>
              <line x1={at} x2={at} y1={props.top - (marker.kind === "change" ? 4 : 17)} y2={props.bottom} />
              <text x={at} y={props.top - (marker.kind === "change" ? 8 : 21)} textAnchor={anchor}>
                {marker.flag}
              </text>
            </g>
          );
        })}
    </g>
  );
}
