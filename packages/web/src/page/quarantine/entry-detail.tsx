import type { QuarantineEntry, QuarantineSummary } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { type useQuarantineAct, useQuarantineEntry } from "../../data/quarantine.ts";
import { useMayOperate } from "../../data/session.ts";
import { Fact, Facts } from "../../part/fact.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { formatBytes } from "../../text/bytes.ts";
import { entryStateWords, reasonWords } from "../../text/quarantine.ts";
import { FixForm } from "./fix-form.tsx";
import { Payload } from "./payload.tsx";

function PayloadText(props: { readonly entry: QuarantineEntry }): ReactElement {
  const { entry } = props;
  if (entry.state !== "open") return <p className="quiet">The payload is gone: the row was {entry.state}.</p>;
  return <Payload text={entry.payload} />;
}

/** One row in quarantine: what, why, when, by whom, its payload, and a form to put it right. */
export function EntryDetail(props: {
  readonly system: string;
  readonly row: QuarantineSummary;
  readonly act: ReturnType<typeof useQuarantineAct>;
}): ReactElement {
  const { system } = props;
  const query = useQuarantineEntry(system, props.row.id);
  const row = query.data ?? props.row;
  const mayOperate = useMayOperate();
  return (
    <div className="entry">
      <Facts>
        <Fact name="State">{entryStateWords[row.state]}</Fact>
        <Fact name="Reason">
          {row.reason}: {reasonWords[row.reason]}
        </Fact>
        <Fact name="Path">{row.path === "" ? "the whole row" : <code>{row.path}</code>}</Fact>
        <Fact name="Expected">{row.expected}</Fact>
        <Fact name="Found">{row.found}</Fact>
        <Fact name="Received">
          <Moment at={row.receivedAt} absent="" /> <span className="quiet">from {row.caller}</span>
        </Fact>
        {row.changedAt === null ? null : (
          <Fact name={row.state === "open" ? "Edited" : entryStateWords[row.state]}>
            <Moment at={row.changedAt} absent="" /> <span className="quiet">by {row.changedBy}</span>
          </Fact>
        )}
        <Fact name="Payload">
          {formatBytes(row.payloadBytes)}, {row.form === "row" ? "as it was sent" : "as the spool held it"}
        </Fact>
        <Fact name="Entry">
          <code>{row.id}</code>
        </Fact>
      </Facts>
      <Loaded query={query} what="the payload" lines={3}>
        {(entry) =>
          entry.state === "open" && mayOperate ? (
            <FixForm key={entry.id} system={system} entry={entry} act={props.act} />
          ) : (
            <PayloadText entry={entry} />
          )
        }
      </Loaded>
    </div>
  );
}
