import { type ReactElement, useMemo } from "react";
import { outcomeOf, outcomeWords, type RuleOutcome, type RuleResult, ruleSentence } from "../text/contract.ts";
import { type GridCell, GridMap, Mark } from "./grid-map.tsx";
import type { RuleGrid } from "./rule-grid.ts";
import type { Marker } from "./series.ts";

const nothingChanged: ReadonlyMap<number, readonly Marker[]> = new Map();

const looks: { readonly [O in RuleOutcome]: { readonly className: string; readonly mark: ReactElement | null } } = {
  kept: { className: "heat heat-kept", mark: null },
  info: { className: "heat heat-some", mark: null },
  warning: { className: "heat heat-warning", mark: <Mark kind="warning" /> },
  critical: { className: "heat heat-incident", mark: <Mark kind="critical" /> },
  none: { className: "heat heat-scarce", mark: null },
};

function gridCell(rule: string, result: RuleResult | null, window: string): GridCell {
  const look = result === null ? { className: "heat heat-unchecked", mark: null } : looks[outcomeOf(result)];
  return { ...look, sentence: ruleSentence(rule, result, window) };
}

function RuleLegend(): ReactElement {
  return (
    <ul className="heat-legend" aria-label="Legend: promises">
      {(["kept", "info", "warning", "critical", "none"] as const).map((outcome) => (
        <li key={outcome} title={outcomeWords[outcome].meaning}>
          <span className={`swatch ${looks[outcome].className}`} />
          {looks[outcome].mark} {outcomeWords[outcome].word.toLowerCase()}
        </li>
      ))}
      <li>
        <span className="swatch heat heat-unchecked" />
        not in the contract of that time
      </li>
    </ul>
  );
}

/** The rules of a contract by windows. Choosing a cell chooses its window. */
export function RuleMap(props: {
  readonly caption: string;
  readonly grid: RuleGrid;
  readonly chosen: string | null;
  readonly onChoose: (start: string) => void;
  readonly formatTime: (epochMs: number) => string;
  readonly nameWindow: (startIso: string) => string;
}): ReactElement {
  const { grid, nameWindow } = props;
  const columns = useMemo(() => grid.windows.map(({ start }) => start), [grid]);
  const rows = useMemo(
    () =>
      grid.rules.map((name, row) => ({
        name,
        cells: grid.windows.map(({ start }, column) =>
          gridCell(name, grid.cells[row]?.[column] ?? null, nameWindow(start)),
        ),
      })),
    [grid, nameWindow],
  );
  return (
    <GridMap
      caption={props.caption}
      legend={<RuleLegend />}
      rows={rows}
      columns={columns}
      changed={nothingChanged}
      formatTime={props.formatTime}
      {...(props.chosen === null ? {} : { chosen: columns.indexOf(props.chosen) })}
      onChoose={(column) => {
        const start = columns[column];
        if (start !== undefined) props.onChoose(start);
      }}
    />
  );
}
