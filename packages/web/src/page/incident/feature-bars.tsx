import type { Diagnosis, DriftCell } from "@homeostat/protocol";
import { type ReactElement, useState } from "react";
import { Hint } from "../../part/hint.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { Known } from "../../part/unknown.tsx";
import { Bar, type BarTick } from "../../plot/bar.tsx";
import { driftLevelOf, incidentPsi, warningPsi } from "../../plot/drift-level.ts";
import { driftSentence } from "../../text/drift-sentence.ts";
import { formatPsi, formatPValue } from "../../text/number.ts";
import { formatMoment } from "../../text/time.ts";

const firstFew = 10;

function ticksOf(cell: DriftCell): readonly BarTick[] {
  const levels: BarTick[] = [
    { at: warningPsi, kind: "warning", title: "0.1: warning level" },
    { at: incidentPsi, kind: "incident", title: "0.25: incident level" },
  ];
  return cell.expectedByChance === null
    ? levels
    : [
        ...levels,
        {
          at: cell.expectedByChance,
          kind: "chance",
          title: `${formatPsi(cell.expectedByChance)}: what chance alone would show`,
        },
      ];
}

function FeatureRow(props: { readonly cell: DriftCell; readonly most: number }): ReactElement {
  const { cell } = props;
  return (
    <tr title={driftSentence(cell, formatMoment(cell.window))}>
      <th scope="row">
        <code>{cell.feature}</code>
      </th>
      <td className="bar-cell">
        <Bar
          value={cell.psiDebiased}
          most={props.most}
          tone={`heat-${driftLevelOf(cell.psiDebiased)?.name ?? "still"}`}
          ticks={ticksOf(cell)}
        />
      </td>
      <td className="number">
        <Known value={cell.psiDebiased} format={formatPsi} absent="not enough data" />
      </td>
      <td className="number">
        <Known value={cell.expectedByChance} format={formatPsi} absent="not enough data" />
      </td>
      <td className="number">
        <Known value={cell.pValue} format={formatPValue} absent="not enough data" />
      </td>
    </tr>
  );
}

/** Features on the slice, most moved first, each with the level chance alone would reach. */
export function FeatureBars(props: { readonly diagnosis: Diagnosis }): ReactElement {
  const { features } = props.diagnosis;
  const [all, setAll] = useState(false);
  const most = Math.max(0.3, ...features.map((cell) => cell.psiDebiased ?? 0)) * 1.05;
  return (
    <Section
      id="features"
      title={
        <>
          What moved on the slice <Hint term="debiased" />
        </>
      }
    >
      {features.length === 0 ? (
        <Empty>No feature was compared on the slice.</Empty>
      ) : (
        <>
          <ScrollTable
            caption={
              <>
                Debiased PSI, most moved first. Lines: <span className="key key-chance">by chance</span>{" "}
                <span className="key key-warning">0.1 warning</span>{" "}
                <span className="key key-incident">0.25 incident</span>
              </>
            }
            label="Features on the slice"
          >
            <thead>
              <tr>
                <th scope="col">Feature</th>
                <th scope="col" className="bar-cell">
                  <span className="hidden">Bar</span>
                </th>
                <th scope="col" className="number">
                  PSI
                </th>
                <th scope="col" className="number">
                  Chance <Hint term="chance" />
                </th>
                <th scope="col" className="number">
                  p
                </th>
              </tr>
            </thead>
            <tbody>
              {(all ? features : features.slice(0, firstFew)).map((cell) => (
                <FeatureRow key={`${cell.feature} ${cell.window}`} cell={cell} most={most} />
              ))}
            </tbody>
          </ScrollTable>
          {features.length <= firstFew ? null : (
            <button type="button" onClick={() => setAll(!all)}>
              {all ? `Show the first ${firstFew}` : `Show all ${features.length}`}
            </button>
          )}
        </>
      )}
    </Section>
  );
}
