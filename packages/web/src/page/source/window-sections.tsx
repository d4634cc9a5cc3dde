import type { Answer, SourceDetail } from "@homeostat/protocol";
import { type ReactElement, useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { Choice } from "../../part/choice.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { ruleGrid } from "../../plot/rule-grid.ts";
import { RuleMap } from "../../plot/rule-map.tsx";
import { outcomeOf } from "../../text/contract.ts";
import { formatTick, formatWindow } from "../../text/time.ts";
import { PipelineSection } from "./pipeline-section.tsx";
import { ResultTable } from "./result-table.tsx";

interface WindowProps {
  readonly source: SourceDetail;
  readonly answer: Answer<"sourceWindows">;
}

type Choose = (name: "system" | "window", value: string) => void;

const noPicture = (
  <Empty>
    Not checked: no window has been held to this contract. A window is checked when it is over and a system that reads
    the source has received rows.
  </Empty>
);

function Promises(
  props: WindowProps & { readonly system: string; readonly chosen: string | null; readonly choose: Choose },
): ReactElement {
  const windows = useMemo(
    () => props.answer.items.filter((window) => window.system === props.system),
    [props.answer, props.system],
  );
  const grid = useMemo(() => ruleGrid(props.source.rules, windows), [props.source.rules, windows]);
  const newest = grid.windows.at(-1);
  const lengthMs = newest === undefined ? 0 : Date.parse(newest.end) - Date.parse(newest.start);
  const nameWindow = useCallback((start: string) => formatWindow(start, lengthMs), [lengthMs]);
  const broken = grid.windows.findLast((window) =>
    window.results.some((result) => result.state === "failed" && outcomeOf(result) !== "info"),
  );
  const chosen = grid.windows.find((window) => window.start === props.chosen) ?? broken ?? newest;
  if (chosen === undefined) return noPicture;
  return (
    <>
      <RuleMap
        caption={`Rules of the contract by windows of ${props.system}`}
        grid={grid}
        chosen={chosen.start}
        onChoose={(start) => props.choose("window", start)}
        formatTime={(epochMs) => formatTick(epochMs, lengthMs)}
        nameWindow={nameWindow}
      />
      <ResultTable window={chosen} name={nameWindow(chosen.start)} />
    </>
  );
}

/** Promises and pipeline health of one system that reads the source; a choice between systems where several do. */
export function WindowSections(props: WindowProps): ReactElement {
  const { source, answer } = props;
  const [search, setSearch] = useSearchParams();
  const systems = [...new Set([...source.source.consumers, ...answer.items.map(({ system }) => system)])];
  const asked = search.get("system");
  const system = systems.find((name) => name === asked) ?? systems[0] ?? "";
  const choose: Choose = (name, value) =>
    setSearch(
      (previous) => {
        const next = new URLSearchParams(previous);
        if (name === "system") next.delete("window");
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const pick =
    systems.length < 2 ? undefined : (
      <Choice name="As read by" value={system} onChoose={(name) => choose("system", name)}>
        {systems.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Choice>
    );
  return (
    <>
      <Section id="promises" title="Promises by window" aside={pick}>
        {system === "" ? (
          <Empty>Not checked: no system reads this source, so no rows of it are known.</Empty>
        ) : (
          <Promises {...props} system={system} chosen={search.get("window")} choose={choose} />
        )}
      </Section>
      <PipelineSection answer={answer} system={system} />
    </>
  );
}
