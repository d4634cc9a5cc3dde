import type { SloDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useObjectives } from "../../data/sensing.ts";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { VerdictIcon } from "../../part/verdict-icon.tsx";
import { LineChart } from "../../plot/line-chart.tsx";
import type { Series } from "../../plot/series.ts";
import { formatShare } from "../../text/number.ts";
import { objectiveSentence, objectiveVerdicts, objectiveWords } from "../../text/objective.ts";
import { formatMoment, formatTick } from "../../text/time.ts";

/** What was left of the budget, as one line. */
function seriesOf({ name, series }: SloDetail): Series {
  return {
    name,
    points: series.map(({ at, budgetLeft }, place) => {
      const end = Date.parse(at);
      const start = place === 0 ? end : Date.parse(series[place - 1]?.at ?? at);
      return {
        start,
        end,
        value: budgetLeft,
        low: null,
        high: null,
        expected: null,
        sentence: `${formatMoment(at)}: ${formatShare(budgetLeft)} of the budget left`,
      };
    }),
  };
}

function Objective({ slo }: { readonly slo: SloDetail }): ReactElement {
  return (
    <article>
      <h3>
        {slo.displayName ?? slo.name}{" "}
        <span className={`badge verdict-${objectiveVerdicts[slo.state]}`}>
          <VerdictIcon state={objectiveVerdicts[slo.state]} />
          {objectiveWords[slo.state]}
        </span>
      </h3>
      <p>{objectiveSentence(slo)}</p>
      <p className="quiet">
        Good are {slo.words}. Owner {slo.owner}; known up to {formatMoment(slo.measuredTo)}.
      </p>
      {slo.series.length > 1 ? (
        <LineChart
          label={`What was left of the budget of ${slo.name}`}
          series={[seriesOf(slo)]}
          markers={[]}
          markerName=""
          limits={[-1_000, 1]}
          formatValue={formatShare}
          formatTime={(at) => formatTick(at, slo.window.lengthMs / 28)}
          unit="budget left"
          expectedName={null}
          height={180}
        />
      ) : null}
    </article>
  );
}

/** Service level objectives: what is left of each budget, how fast it burns, and since when it cannot be said. */
export function ObjectiveSection({ system }: { readonly system: string }): ReactElement {
  const query = useObjectives(system);
  return (
    <Section id="objectives" title="Objectives">
      <Loaded query={query} what="objectives" lines={3}>
        {(items) =>
          items.length === 0 ? (
            <Empty>
              None declared. Put an OpenSLO document (kind: SLO) beside the system&apos;s file and apply it.
            </Empty>
          ) : (
            items.map((slo) => <Objective key={slo.name} slo={slo} />)
          )
        }
      </Loaded>
    </Section>
  );
}
