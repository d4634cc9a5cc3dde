import { type ReactElement, useState } from "react";
import type { ChosenRows, QuarantineActed, useQuarantineAct } from "../../data/quarantine.ts";
import { ProblemBox } from "../../part/problem-box.tsx";
import { formatCount } from "../../text/number.ts";
import { wrongSentence } from "../../text/quarantine.ts";

const rowsText = (count: number): string => (count === 1 ? "1 row" : `${formatCount(count)} rows`);
const namedAtMost = 10;

/** What became of the rows, in words. */
function Acted(props: { readonly acted: QuarantineActed }): ReactElement {
  const { act, done, refused, refusedCount, alreadyClosed } = props.acted;
  return (
    <div className="acted">
      <p>
        {act === "replay" ? `${rowsText(done)} replayed and durable.` : `${rowsText(done)} discarded.`}
        {alreadyClosed === 0 ? "" : ` ${rowsText(alreadyClosed)} had been replayed or discarded before.`}
        {refusedCount === 0 ? "" : ` ${rowsText(refusedCount)} refused again and still here:`}
      </p>
      {refused.length === 0 ? null : (
        <ul>
          {refused.slice(0, namedAtMost).map((row) => (
            <li key={row.id}>{wrongSentence(row)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Replay and discard the chosen rows. Discarding is asked twice, because it cannot be taken back. */
export function ActBar(props: {
  /** The page's one act, so that its result stays when the row that it was about is gone. */
  readonly act: ReturnType<typeof useQuarantineAct>;
  readonly rows: ChosenRows;
  readonly all: boolean;
  readonly shown: number;
  readonly onAll: () => void;
}): ReactElement {
  const { act } = props;
  const [asking, setAsking] = useState(false);
  const count = [...props.rows.values()].reduce((sum, ids) => sum + ids.length, 0);
  const run = (name: "replay" | "discard"): void => {
    setAsking(false);
    act.mutate({ act: name, rows: props.rows });
  };
  const none = count === 0 || act.isPending;
  return (
    <div className="act-bar">
      {props.shown === 0 ? null : (
        <div className="act-row">
          <label>
            <input type="checkbox" checked={props.all} onChange={props.onAll} /> Choose all shown
          </label>
          <button type="button" className="primary" disabled={none} onClick={() => run("replay")}>
            {count === 0 ? "Replay" : `Replay ${rowsText(count)}`}
          </button>
          {asking && count > 0 ? (
            <span className="act-row">
              <button type="button" disabled={none} onClick={() => run("discard")}>
                Discard {rowsText(count)} for good
              </button>
              <button type="button" className="plain" onClick={() => setAsking(false)}>
                Keep
              </button>
            </span>
          ) : (
            <button type="button" disabled={none} onClick={() => setAsking(true)}>
              Discard …
            </button>
          )}
        </div>
      )}
      <div role="status">{act.data === undefined ? null : <Acted acted={act.data} />}</div>
      {act.error === null ? null : <ProblemBox error={act.error} doing="Changing the quarantine" />}
    </div>
  );
}
