import type { QuarantineSummary } from "@homeostat/protocol";
import { type ReactElement, useId } from "react";
import type { useQuarantineAct } from "../../data/quarantine.ts";
import { RecentMoment } from "../../part/moment.tsx";
import { useNow } from "../../part/use-now.ts";
import { wrongSentence } from "../../text/quarantine.ts";
import { EntryDetail } from "./entry-detail.tsx";

/** One row in quarantine: what is wrong with it; opened, the whole of it. */
export function QuarantineRow(props: {
  readonly system: string;
  readonly row: QuarantineSummary;
  readonly opened: boolean;
  readonly onOpen: () => void;
  /** null: it cannot be chosen. */
  readonly chosen: boolean | null;
  readonly onChoose: () => void;
  readonly act: ReturnType<typeof useQuarantineAct>;
}): ReactElement {
  const { system, row, opened } = props;
  const nowMs = useNow();
  const id = useId();
  const wrong = wrongSentence(row);
  return (
    <li className="quarantined">
      <div className="quarantined-head">
        {props.chosen === null ? null : (
          <input
            type="checkbox"
            checked={props.chosen}
            onChange={props.onChoose}
            aria-label={`Choose: ${wrong}, ${row.id}`}
          />
        )}
        <div className="quarantined-words">
          <button type="button" className="opener" aria-expanded={opened} aria-controls={id} onClick={props.onOpen}>
            {wrong}
          </button>
          <span className="under">
            {system} · {row.stream} · {row.reason} · <RecentMoment at={row.receivedAt} nowMs={nowMs} /> · by{" "}
            {row.caller}
            {row.fixed ? " · edited" : ""}
          </span>
          {opened ? null : <code className="preview">{row.preview}</code>}
        </div>
      </div>
      <div id={id}>{opened ? <EntryDetail system={system} row={row} act={props.act} /> : null}</div>
    </li>
  );
}
