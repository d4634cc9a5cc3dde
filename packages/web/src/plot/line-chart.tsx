import { type KeyboardEvent, type PointerEvent, type ReactElement, useMemo, useState } from "react";
import { ChartLegend } from "./chart-legend.tsx";
import { extentOf, linearScale, niceTicks, type Scale, sparseIndices } from "./chart-scale.ts";
import { ExpectedBand, MarkerLines, SeriesShape } from "./line-chart-shape.tsx";
import { type Marker, type Series, type SeriesPoint, windowStarts } from "./series.ts";
import { useWidth } from "./use-width.ts";

interface LineChartProps {
  /** What the chart shows, in words: its accessible name. */
  readonly label: string;
  readonly series: readonly Series[];
  readonly markers: readonly Marker[];
  /** What the numbers on the markers are. */
  readonly markerName: string;
  /** Values the axis must never go beyond, e.g. 0 to 1. */
  readonly limits: readonly [number, number];
  /** A fixed axis; fitted to the values when absent. */
  readonly domain?: readonly [number, number];
  readonly formatValue: (value: number) => string;
  readonly formatTime: (epochMs: number) => string;
  readonly unit: string;
  /** What the dashed band is; null when the series have no baseline. */
  readonly expectedName: string | null;
  readonly height?: number;
}

const margin = { top: 34, right: 14, bottom: 24, left: 46 } as const;

function valueDomain(series: readonly Series[], limits: readonly [number, number]): readonly [number, number] {
  const values = series.flatMap(({ points }) =>
    points.flatMap((point) => [
      point.value,
      point.low,
      point.high,
      point.expected?.low ?? null,
      point.expected?.high ?? null,
    ]),
  );
  const extent = extentOf(values, 0.08) ?? limits;
  return [Math.max(limits[0], extent[0]), Math.min(limits[1], extent[1])];
}

function timeDomain(series: readonly Series[], markers: readonly Marker[]): readonly [number, number] {
  const points = series.flatMap((one) => one.points);
  const start = Math.min(...points.map((point) => point.start));
  const end = Math.max(...points.map((point) => point.end));
  const inside = markers.map(({ at }) => at).filter((at) => at >= start && at <= end + (end - start) * 0.05);
  return [start, Math.max(end, ...inside)];
}

const pointAt = (series: Series, start: number): SeriesPoint | undefined =>
  series.points.find((point) => point.start === start);

function Axes(props: {
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly height: number;
  readonly starts: readonly number[];
  readonly formatValue: (value: number) => string;
  readonly formatTime: (epochMs: number) => string;
}): ReactElement {
  const { x, y, width, height, starts } = props;
  const base = height - margin.bottom;
  const labelled = sparseIndices(starts.length, Math.max(2, Math.floor(width / 90)));
  return (
    <g className="chart-axes">
      {niceTicks(y.domain[0], y.domain[1], 4).map((tick) => (
        <g key={tick}>
          <line className="chart-grid" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text x={margin.left - 6} y={y(tick)} dy="0.32em" textAnchor="end">
            {props.formatValue(tick)}
          </text>
        </g>
      ))}
      <line className="chart-base" x1={margin.left} x2={width - margin.right} y1={base} y2={base} />
      {labelled.map((index) => {
        const start = starts[index] ?? 0;
        return (
          <g key={start}>
            <line className="chart-base" x1={x(start)} x2={x(start)} y1={base} y2={base + 4} />
            <text x={x(start)} y={base + 16} textAnchor={x(start) < margin.left + 24 ? "start" : "middle"}>
              {props.formatTime(start)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/**
 * Lines over windows, each with its interval, its baseline band and its gaps, with moments marked by vertical lines.
 * The chart is one tab stop: arrow keys walk through the windows, and what is under the cursor is said in words below.
 * Cost: one pass over the points at each change of data or width.
 */
export function LineChart(props: LineChartProps): ReactElement {
  const { series, markers, limits, height = 240 } = props;
  const [frame, width] = useWidth<HTMLDivElement>(640);
  const [cursor, setCursor] = useState<number | null>(null);
  const starts = useMemo(() => windowStarts(series), [series]);
  const x = linearScale(timeDomain(series, markers), [margin.left, width - margin.right]);
  const y = linearScale(props.domain ?? valueDomain(series, limits), [height - margin.bottom, margin.top]);
  const middleOf = (start: number): number => {
    const point = series.map((one) => pointAt(one, start)).find((found) => found !== undefined);
    return x(point === undefined ? start : (point.start + point.end) / 2);
  };

  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const nearest = starts.reduce((best, start, index) => {
      const bestStart = starts[best] ?? start;
      return Math.abs(middleOf(start) - at) < Math.abs(middleOf(bestStart) - at) ? index : best;
    }, 0);
    setCursor(nearest);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = cursor ?? starts.length;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: starts.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setCursor(Math.max(0, Math.min(starts.length - 1, to)));
  };

  const start = cursor === null ? undefined : starts[cursor];
  const said =
    start === undefined ? [] : series.map((one) => pointAt(one, start)?.sentence).filter((text) => text !== undefined);
  return (
    <figure className="chart">
      <ChartLegend
        names={series.map(({ name }) => name)}
        expectedName={props.expectedName}
        unit={props.unit}
        markerName={markers.some(({ kind }) => kind === "change") ? props.markerName : null}
      />
      <div
        ref={frame}
        className="chart-frame"
        role="application"
        aria-roledescription="chart"
        aria-label={`${props.label}. Arrow keys walk through the windows.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture answers arrow keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
      >
        <svg
          width={width}
          height={height}
          aria-hidden="true"
          onPointerMove={onPointerMove}
          onPointerLeave={() => setCursor(null)}
        >
          <Axes {...{ x, y, width, height, starts, formatValue: props.formatValue, formatTime: props.formatTime }} />
          {series.map((one, index) => (
            <ExpectedBand key={one.name} points={one.points} index={index} banded={series.length <= 2} x={x} y={y} />
          ))}
          {series.map((one, index) => (
            <SeriesShape key={one.name} series={one} index={index} x={x} y={y} />
          ))}
          <MarkerLines markers={markers} x={x} top={margin.top} bottom={height - margin.bottom} />
          {start === undefined ? null : (
            <line
              className="chart-cursor"
              x1={middleOf(start)}
              x2={middleOf(start)}
              y1={margin.top}
              y2={height - margin.bottom}
            />
          )}
        </svg>
      </div>
      <figcaption className="readout" aria-live="polite">
        {said.length === 0 ? (
          <span className="quiet">Point at a window, or focus the chart and use the arrow keys.</span>
        ) : (
          said.map((sentence) => <span key={sentence}>{sentence}</span>)
        )}
      </figcaption>
    </figure>
  );
}
