import type { WindowSummary } from "@homeostat/protocol";
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from "react";
import { VerdictIcon } from "../part/verdict-icon.tsx";
import { windowSentence } from "../text/performance-sentence.ts";
import { placeAfterKey } from "./heat-map-layout.ts";

/**
 * One cell per window, oldest first, with colour and shape of its verdict. One tab stop: arrow keys move and choose.
 * Choosing a window is told to the page.
 */
export function HealthStrip(props: {
  readonly windows: readonly WindowSummary[];
  readonly chosen: string | null;
  readonly onChoose: (start: string) => void;
  readonly nameWindow: (startIso: string) => string;
}): ReactElement {
  const { windows, chosen, onChoose } = props;
  const list = useRef<HTMLDivElement>(null);
  const count = windows.length;
  const found = windows.findIndex((window) => window.start === chosen);
  const current = found === -1 ? count - 1 : found;

  useEffect(() => {
    if (count > 0 && list.current !== null) list.current.scrollLeft = list.current.scrollWidth;
  }, [count]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const to = placeAfterKey({ row: 0, column: current }, event.key, 1, count);
    const window = to === null ? undefined : windows[to.column];
    if (to === null || window === undefined) return;
    event.preventDefault();
    onChoose(window.start);
    list.current?.querySelectorAll("button")[to.column]?.focus();
  };
  return (
    <div className="strip" ref={list} role="toolbar" aria-label="Windows, oldest first" onKeyDown={onKeyDown}>
      {windows.map((window, index) => {
        const sentence = windowSentence(window, props.nameWindow(window.start));
        return (
          <button
            key={window.start}
            type="button"
            className={`strip-cell verdict-${window.verdict}`}
            tabIndex={index === current ? 0 : -1}
            aria-pressed={index === current}
            aria-label={sentence}
            title={sentence}
            onClick={() => onChoose(window.start)}
          >
            <VerdictIcon state={window.verdict} />
          </button>
        );
      })}
    </div>
  );
}
