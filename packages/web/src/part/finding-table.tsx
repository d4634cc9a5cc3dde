import type { Finding } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { formatCount, formatDifference, formatNumber, formatPValue } from "../text/number.ts";
import { segmentName } from "../text/segment.ts";
import { SeverityBadge } from "./badge.tsx";
import { Hint } from "./hint.tsx";
import { InWords } from "./in-words.tsx";
import { Moment, Span } from "./moment.tsx";
import { ScrollTable } from "./section.tsx";
import { Known } from "./unknown.tsx";

const notComputed = "this monitor does not compute it";

function FindingText(props: { readonly finding: Finding }): ReactElement {
  const { finding } = props;
  return (
    <>
      <span className="finding-sentence">
        <InWords text={finding.sentence} />
      </span>
      {finding.values.length === 0 ? null : (
        <span className="under">
          Values:{" "}
          {finding.values.map(({ value, count }) => `${value || "(empty)"} (${formatCount(count)} rows)`).join(", ")}
        </span>
      )}
      {finding.withdrawnAt === null ? null : (
        <span className="under">
          Withdrawn <Moment at={finding.withdrawnAt} absent="" />: late rows changed the window
        </span>
      )}
      <details className="under">
        <summary>
          {finding.monitor.replaceAll("-", " ")} · {finding.layer} layer
        </summary>
        Rule: {finding.rule}. Method: <code>{finding.metric}</code> <code>{finding.variant}</code>
        {finding.release === null ? null : (
          <>
            , release <code>{finding.release}</code>
          </>
        )}
      </details>
    </>
  );
}

function FindingRow(props: { readonly finding: Finding }): ReactElement {
  const { finding } = props;
  return (
    <tr className={finding.withdrawnAt === null ? "" : "withdrawn"}>
      <th scope="row" className="wide">
        <SeverityBadge severity={finding.severity} />
        <span className="finding-text">
          <FindingText finding={finding} />
        </span>
      </th>
      <td>
        <Span start={finding.window.start} end={finding.window.end} />
        <span className="under">{segmentName(finding.segment)}</span>
        {finding.feature === null ? null : (
          <span className="under">
            <code>{finding.feature}</code>
          </span>
        )}
      </td>
      <td className="number">
        {formatNumber(finding.value)}
        <span className="under">
          <Known value={finding.baselineValue} format={formatNumber} absent="no baseline value" />
        </span>
      </td>
      <td className="number">
        {formatDifference(finding.effect, 3)}
        <span className="under">{formatNumber(finding.threshold)}</span>
      </td>
      <td className="number">
        <Known value={finding.expectedByChance} format={formatNumber} absent={notComputed} />
        <span className="under">
          <Known value={finding.lowerBound} format={formatNumber} absent={notComputed} />
        </span>
      </td>
      <td className="number">
        {formatPValue(finding.pValue)}
        <span className="under">
          <Known value={finding.adjustedPValue} format={formatPValue} absent="not part of a family of tests" />
        </span>
      </td>
      <td className="number">
        <Known value={finding.overdispersion} format={formatNumber} absent={notComputed} />
      </td>
      <td className="number">
        {formatCount(finding.rows)}
        <span className="under">{formatCount(finding.baselineRows)}</span>
      </td>
    </tr>
  );
}

/** Newest window first; within a window the surest first. */
export function newestFirst(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => b.window.start.localeCompare(a.window.start) || a.pValue - b.pValue);
}

/** Findings with every number they carry. Pairs stand one above the other, the lighter one is what it is held against. */
export function FindingTable(props: { readonly findings: readonly Finding[]; readonly caption: string }): ReactElement {
  return (
    <ScrollTable caption={props.caption} label={props.caption} look="finding-table">
      <thead>
        <tr>
          <th scope="col">Finding</th>
          <th scope="col">
            Window, segment
            <span className="under">feature</span>
          </th>
          <th scope="col" className="number">
            Value
            <span className="under">
              baseline <Hint term="baseline" />
            </span>
          </th>
          <th scope="col" className="number">
            Effect
            <span className="under">threshold</span>
          </th>
          <th scope="col" className="number">
            By chance <Hint term="chance" />
            <span className="under">
              lower bound <Hint term="lowerBound" />
            </span>
          </th>
          <th scope="col" className="number">
            p-value <Hint term="pValue" />
            <span className="under">
              adjusted <Hint term="adjustedPValue" />
            </span>
          </th>
          <th scope="col" className="number">
            Over&shy;dispersion <Hint term="overdispersion" />
          </th>
          <th scope="col" className="number">
            Rows N<span className="under">baseline M</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.findings.map((finding) => (
          <FindingRow key={finding.id} finding={finding} />
        ))}
      </tbody>
    </ScrollTable>
  );
}
