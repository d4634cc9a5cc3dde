import type { AlarmBudgetAnswer, MonitorList, MonitorSummary } from "@homeostat/protocol";
import { type ReactElement, useState } from "react";
import { useMonitors } from "../../data/monitor.ts";
import { VerdictBadge } from "../../part/badge.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { formatCount, formatNumber } from "../../text/number.ts";
import { worstFirst } from "../../text/verdict.ts";
import { MonitorSeries } from "./monitor-series.tsx";

function Row(props: {
  readonly monitor: MonitorSummary;
  readonly budget: AlarmBudgetAnswer;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}): ReactElement {
  const { monitor, budget, chosen, onChoose } = props;
  const spending = budget.families.find((family) => family.monitor === monitor.name);
  return (
    <tr>
      <th scope="row">
        <button type="button" aria-expanded={chosen} disabled={!monitor.enabled} onClick={onChoose}>
          {monitor.name}
        </button>
      </th>
      <td>
        <VerdictBadge state={monitor.verdict} />
      </td>
      <td className="sentence-cell">
        {monitor.says}
        <span className="under">{monitor.why}</span>
      </td>
      <td>
        {monitor.owner}
        {monitor.severity === "critical" ? null : <span className="under">warns only</span>}
      </td>
      <td className="number">{spending === undefined ? "" : formatNumber(spending.mayCost)}</td>
      <td className="number">{spending === undefined ? "" : formatCount(spending.pages)}</td>
    </tr>
  );
}

function Monitors(props: { readonly system: string; readonly list: MonitorList }): ReactElement {
  const { system, list } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <>
      <p>{list.budget.says}</p>
      {list.advice === null ? null : <p>Windows: {list.advice}.</p>}
      <ShowMore items={worstFirst(list.items, ({ verdict }) => verdict)} first={8} what="monitors">
        {(monitors) => (
          <ScrollTable caption="Monitors with their verdict on the newest evaluated window" label="Monitors">
            <thead>
              <tr>
                <th scope="col">Monitor</th>
                <th scope="col">Verdict</th>
                <th scope="col">What it says, and why it watches</th>
                <th scope="col">Tells</th>
                <th scope="col" className="number">
                  May cost a month
                </th>
                <th scope="col" className="number">
                  Incidents in {formatCount(list.budget.days)} days
                </th>
              </tr>
            </thead>
            <tbody>
              {monitors.map((monitor) => (
                <Row
                  key={monitor.name}
                  monitor={monitor}
                  budget={list.budget}
                  chosen={chosen === monitor.name}
                  onChoose={() => setChosen(chosen === monitor.name ? null : monitor.name)}
                />
              ))}
            </tbody>
          </ScrollTable>
        )}
      </ShowMore>
      {chosen === null ? null : <MonitorSeries system={system} monitor={chosen} />}
    </>
  );
}

/** Who watches the system: every monitor, what it said last, and what its false pages may cost. */
export function MonitorSection(props: { readonly system: string }): ReactElement {
  const query = useMonitors(props.system);
  return (
    <Section id="monitors" title="Monitors">
      <Loaded query={query} what="monitors">
        {(list) => <Monitors system={props.system} list={list} />}
      </Loaded>
    </Section>
  );
}
