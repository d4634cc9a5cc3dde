import type { Diagnosis } from "@homeostat/protocol";
import type { ReactElement, ReactNode } from "react";
import { Hint } from "../../part/hint.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { Known } from "../../part/unknown.tsx";
import { Bar, type BarTick } from "../../plot/bar.tsx";
import { driftLevelOf, incidentPsi, warningPsi } from "../../plot/drift-level.ts";
import { formatCount, formatDecimal, formatDifference, formatPsi, formatShare } from "../../text/number.ts";
import { calmSentence, differenceOf, sliceName } from "../../text/slice-sentence.ts";

const psiTicks: readonly BarTick[] = [
  { at: warningPsi, kind: "warning", title: "0.1: warning level" },
  { at: incidentPsi, kind: "incident", title: "0.25: incident level" },
];

const auc = (value: number): string => formatDecimal(value, 3);
const noAuc = "outcomes are missing or too few";

interface Side {
  readonly title: string;
  readonly note: ReactNode;
  readonly auc: number | null;
  readonly baselineAuc: number | null;
  readonly psi: number | null;
  readonly tone: "calm" | "hurt";
}

function SideCard(props: {
  readonly side: Side;
  readonly mostPsi: number;
  readonly feature: string | null;
}): ReactElement {
  const { side } = props;
  return (
    <div className={`side side-${side.tone}`}>
      <h3>{side.title}</h3>
      <p className="quiet">{side.note}</p>
      <dl>
        <dt>
          AUC <Hint term="auc" />
        </dt>
        <dd>
          <span className="big">
            <Known value={side.auc} format={auc} absent={noAuc} />
          </span>{" "}
          <span className="quiet">
            baseline <Known value={side.baselineAuc} format={auc} absent="the baseline has none" />
          </span>{" "}
          <strong>
            <Known
              value={differenceOf(side.auc, side.baselineAuc)}
              format={(value) => formatDifference(value, 3)}
              absent="needs both"
            />
          </strong>
        </dd>
        <dt>
          PSI <Hint term="psi" /> {props.feature === null ? null : <code>{props.feature}</code>}
        </dt>
        <dd>
          <span className="big">
            <Known value={side.psi} format={formatPsi} absent="not computed" />
          </span>
          <Bar
            value={side.psi}
            most={props.mostPsi}
            tone={`heat-${driftLevelOf(side.psi)?.name ?? "still"}`}
            ticks={psiTicks}
          />
        </dd>
      </dl>
    </div>
  );
}

/** What the search over conjunctions found and confirmed on rows that took no part in finding it. */
function FoundSlices(props: { readonly slices: readonly Diagnosis["foundSlices"][number][] }): ReactElement {
  return (
    <ScrollTable caption="Slices that got worse, confirmed on held-out rows" label="Slices that got worse">
      <thead>
        <tr>
          <th scope="col">Slice</th>
          <th scope="col">What grew</th>
          <th scope="col" className="number">
            Before
          </th>
          <th scope="col" className="number">
            Now
          </th>
          <th scope="col" className="number">
            Rows harmed
          </th>
          <th scope="col" className="number">
            Rows
          </th>
        </tr>
      </thead>
      <tbody>
        {props.slices.map((slice) => (
          <tr key={`${slice.measure} ${slice.words}`}>
            <th scope="row">{slice.words}</th>
            <td>
              {slice.measure === "loss" ? (
                "loss"
              ) : (
                <>
                  moved values of <code>{slice.feature}</code>
                </>
              )}
            </td>
            <td className="number">{formatDecimal(slice.baselineValue, 3)}</td>
            <td className="number">{formatDecimal(slice.value, 3)}</td>
            <td className="number">{formatCount(Math.round(slice.excess))}</td>
            <td className="number">{formatCount(slice.rows)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** The slice beside all rows: the total may look calm while the slice is broken. */
export function SliceSection(props: { readonly diagnosis: Diagnosis }): ReactElement {
  const { slice, foundSlices, features } = props.diagnosis;
  const feature = features[0]?.feature ?? null;
  const title = (
    <>
      Where: the slice against all rows <Hint term="slice" />
    </>
  );
  if (slice === null) {
    return (
      <Section id="slice" title={title}>
        <Empty>
          No slice stands out: the trouble is not confined to one segment, or there are too few rows to tell.
        </Empty>
        {foundSlices.length === 0 ? null : (
          <ShowMore items={foundSlices} first={4} what="slices">
            {(slices) => <FoundSlices slices={slices} />}
          </ShowMore>
        )}
      </Section>
    );
  }
  const mostPsi = Math.max(0.5, slice.globalPsi ?? 0, slice.slicePsi ?? 0) * 1.05;
  const sides: readonly Side[] = [
    {
      title: "All rows",
      note: "the number that would be on a dashboard",
      auc: slice.globalAuc,
      baselineAuc: slice.globalBaselineAuc,
      psi: slice.globalPsi,
      tone: "calm",
    },
    {
      title: sliceName(slice),
      note: `${formatCount(slice.rows)} rows, ${formatShare(slice.share)} of all`,
      auc: slice.auc,
      baselineAuc: slice.baselineAuc,
      psi: slice.slicePsi,
      tone: "hurt",
    },
  ];
  return (
    <Section id="slice" title={title}>
      <div className="sides">
        {sides.map((side) => (
          <SideCard key={side.tone} side={side} mostPsi={mostPsi} feature={feature} />
        ))}
      </div>
      <p className="under">
        Lines on the bars: <span className="key key-warning">0.1 warning</span>{" "}
        <span className="key key-incident">0.25 incident</span>
      </p>
      <p>{calmSentence(slice)}</p>
      {foundSlices.length === 0 ? null : (
        <ShowMore items={foundSlices} first={4} what="slices">
          {(slices) => <FoundSlices slices={slices} />}
        </ShowMore>
      )}
    </Section>
  );
}
