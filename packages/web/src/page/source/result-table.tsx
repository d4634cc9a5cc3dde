import type { SourceWindow } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { InWords } from "../../part/in-words.tsx";
import { OutcomeBadge } from "../../part/outcome-badge.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { Unknown } from "../../part/unknown.tsx";
import { countedText, outcomeOf, outcomes, type RuleResult } from "../../text/contract.ts";
import { formatCount } from "../../text/number.ts";

const firstFew = 12;

/** Worst first; what could not be checked stands before what was kept. */
const worstFirst = (results: readonly RuleResult[]): readonly RuleResult[] =>
  results.toSorted(
    (a, b) => outcomes.indexOf(outcomeOf(a)) - outcomes.indexOf(outcomeOf(b)) || (b.share ?? 0) - (a.share ?? 0),
  );

function Values(props: { readonly result: RuleResult }): ReactElement | null {
  const { values, examples, reason, state } = props.result;
  if (state === "not-checked") return <InWords text={reason ?? "no reason is known"} />;
  if (state === "passed") return null;
  return (
    <>
      {values.map(({ value, count }) => (
        <span key={value} className="offending">
          <code>{value === "" ? "(empty text)" : value}</code> <span className="quiet">× {formatCount(count)}</span>
        </span>
      ))}
      {examples.length === 0 ? null : (
        <span className="under">
          in rows <code>{examples.join(", ")}</code>
        </span>
      )}
    </>
  );
}

function ResultRow(props: { readonly result: RuleResult }): ReactElement {
  const { result } = props;
  return (
    <tr>
      <td>
        <OutcomeBadge outcome={outcomeOf(result)} />
      </td>
      <th scope="row" className="wide">
        <InWords text={result.words} />
        <span className="under">{result.rule}</span>
      </th>
      <td className="number">{countedText(result) ?? <Unknown reason={result.reason ?? "it was not counted"} />}</td>
      <td className="sentence-cell">
        <Values result={result} />
      </td>
    </tr>
  );
}

/** Every rule in one window, with what was counted and which values offend. */
export function ResultTable(props: { readonly window: SourceWindow; readonly name: string }): ReactElement {
  const { window, name } = props;
  return (
    <ShowMore items={worstFirst(window.results)} first={firstFew} what="rules">
      {(results) => (
        <ScrollTable
          caption={`${name}: ${window.health.rows === 1 ? "1 row" : `${formatCount(window.health.rows)} rows`} held to version ${window.contractVersion}, worst first`}
          label={`Rules in the chosen window, ${name}`}
        >
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Promise</th>
              <th scope="col" className="number">
                Counted
              </th>
              <th scope="col">Offending values, or why it was not checked</th>
            </tr>
          </thead>
          <tbody>
            {results.map((result) => (
              <ResultRow key={result.rule} result={result} />
            ))}
          </tbody>
        </ScrollTable>
      )}
    </ShowMore>
  );
}
