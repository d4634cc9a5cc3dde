import type { ReactElement } from "react";

/** A line across a bar, at a value worth knowing. */
export interface BarTick {
  readonly at: number;
  readonly kind: "chance" | "warning" | "incident";
  readonly title: string;
}

const percentOf = (value: number, most: number): string => `${Math.max(0, Math.min(1, value / most)) * 100}%`;

/** A bar from 0 to `most`. The number itself always stands beside it, so the picture is hidden from screen readers. */
export function Bar(props: {
  readonly value: number | null;
  readonly most: number;
  readonly tone: string;
  readonly ticks?: readonly BarTick[];
}): ReactElement {
  return (
    <span className={props.value === null ? "bar bar-unknown" : "bar"} aria-hidden="true">
      {props.value === null ? null : (
        <span className={`bar-fill ${props.tone}`} style={{ width: percentOf(props.value, props.most) }} />
      )}
      {(props.ticks ?? []).map((tick) => (
        <span
          key={tick.kind}
          className={`bar-tick bar-tick-${tick.kind}`}
          style={{ left: percentOf(tick.at, props.most) }}
          title={tick.title}
        />
      ))}
    </span>
  );
}
