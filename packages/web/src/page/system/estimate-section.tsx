import type { EstimateCell } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useEstimates } from "../../data/sensing.ts";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { Known, Unknown } from "../../part/unknown.tsx";
import { estimateSentence, standingWords } from "../../text/estimate-sentence.ts";
import { metricWords } from "../../text/metric.ts";
import { formatCount } from "../../text/number.ts";
import type { SensingProps } from "./sensing-props.ts";

/** The newest windows are what estimates are for. */
const shownWindows = 8;

function Row(props: { readonly cell: EstimateCell; readonly name: string }): ReactElement {
  const { cell, name } = props;
  const { format } = metricWords[cell.metric];
  const own = cell.metrics.find((metric) => metric.name === cell.metric);
  const absent = cell.reason ?? "nothing was estimated";
  const { corrected, record } = cell;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">
        {own === undefined ? (
          <Unknown reason={absent} />
        ) : (
          <>
            {format(own.estimated.value)}
            <span className="under">
              {format(own.estimated.low)} to {format(own.estimated.high)}
            </span>
          </>
        )}
      </td>
      <td className="number">
        {corrected === null ? (
          <Unknown reason="needs 100 outcomes" />
        ) : (
          <>
            {metricWords[corrected.name].format(corrected.value.value)}
            <span className="under">
              {metricWords[corrected.name].word.toLowerCase()}, {formatCount(corrected.labels)} labels
            </span>
          </>
        )}
      </td>
      <td className="number">
        <Known value={own?.realised ?? null} format={format} absent="the outcomes are not here yet" />
      </td>
      <td className="number">
        <Known value={own?.baseline ?? null} format={format} absent="the baseline has no outcomes" />
      </td>
      <td>
        {record === null ? <Unknown reason={absent} /> : standingWords[record.standing].word}
        {record === null || record.windows === 0 ? null : (
          <span className="under">
            {formatCount(record.covered)} of {formatCount(record.windows)} held
          </span>
        )}
      </td>
    </tr>
  );
}

/** How good predictions are estimated to be while their outcomes are not here, and how often that was right. */
export function EstimateSection({ system, range, nameWindow }: SensingProps): ReactElement {
  const query = useEstimates(system.name, range, null);
  return (
    <Section
      id="estimates"
      title={
        <>
          Estimated while labels are late <Hint term="estimate" />
        </>
      }
    >
      <Loaded query={query} what="estimates" lines={4}>
        {({ items }) => {
          const cells = items.slice(-shownWindows).reverse();
          const [newest] = cells;
          if (newest === undefined)
            return <Empty>No window was estimated yet: it needs a baseline with outcomes.</Empty>;
          const word = metricWords[newest.metric].word;
          const caption = `${word} of all rows, newest window first`;
          return (
            <>
              <p>{estimateSentence(newest, nameWindow(newest.window))}</p>
              <ShowMore items={cells} first={3} what="windows">
                {(shown) => (
                  <ScrollTable caption={caption} label={caption}>
                    <thead>
                      <tr>
                        <th scope="col">Window</th>
                        <th scope="col" className="number">
                          Estimated <span className="under">95 % interval</span>
                        </th>
                        <th scope="col" className="number">
                          Corrected by labels
                        </th>
                        <th scope="col" className="number">
                          Turned out
                        </th>
                        <th scope="col" className="number">
                          Baseline
                        </th>
                        <th scope="col">Record of being right</th>
                      </tr>
                    </thead>
                    <tbody>
                      {shown.map((cell) => (
                        <Row key={cell.window} cell={cell} name={nameWindow(cell.window)} />
                      ))}
                    </tbody>
                  </ScrollTable>
                )}
              </ShowMore>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
