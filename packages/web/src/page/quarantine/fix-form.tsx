import type { QuarantineEntry } from "@homeostat/protocol";
import { type FormEvent, type ReactElement, useState } from "react";
import { type useQuarantineAct, useQuarantineFix } from "../../data/quarantine.ts";
import { ProblemBox } from "../../part/problem-box.tsx";
import { wrongSentence } from "../../text/quarantine.ts";
import { Payload } from "./payload.tsx";

const fewestLines = 4;
const mostLines = 14;

const linesOf = (text: string): number =>
  Math.min(mostLines, Math.max(fewestLines, text.split("\n").length + Math.ceil(text.length / 120)));

/** The payload, and what can be done with it: replay it as it is, or edit it, see what would still be wrong, replay it. */
export function FixForm(props: {
  readonly system: string;
  readonly entry: QuarantineEntry;
  readonly act: ReturnType<typeof useQuarantineAct>;
}): ReactElement {
  const { system, entry, act } = props;
  const [text, setText] = useState<string | null>(null);
  const fix = useQuarantineFix(system, entry.id);
  const busy = fix.isPending || act.isPending;
  const replay = (): void => act.mutate({ act: "replay", rows: new Map([[system, [entry.id]]]) });
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (text === null) return;
    const { submitter } = event.nativeEvent as SubmitEvent;
    const replays = submitter?.getAttribute("value") === "replay";
    const after = (stillWrong: object | null): void => {
      if (replays && stillWrong === null) replay();
    };
    fix.mutate(text, { onSuccess: (fixed) => after(fixed.stillWrong) });
  };
  const stillWrong = fix.data?.stillWrong;
  const unchanged = text === null || text === entry.payload || text === "";
  return (
    <form className="fix" onSubmit={onSubmit}>
      {text === null ? (
        <>
          <Payload text={entry.payload} />
          <div className="act-row">
            <button type="button" onClick={() => setText(entry.payload)}>
              Edit the payload
            </button>
            <button type="button" disabled={busy} onClick={replay}>
              Replay as it is
            </button>
          </div>
        </>
      ) : (
        <>
          <label>
            Payload
            <textarea
              value={text}
              rows={linesOf(text)}
              spellCheck={false}
              maxLength={1_000_000}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <div className="act-row">
            <button type="submit" value="replay" className="primary" disabled={busy || unchanged}>
              Save and replay
            </button>
            <button type="submit" value="save" disabled={busy || unchanged}>
              Save
            </button>
            <button type="button" className="plain" onClick={() => setText(null)}>
              Stop editing
            </button>
          </div>
        </>
      )}
      <div role="status">
        {fix.data === undefined ? null : (
          <p>
            {stillWrong == null
              ? "Saved. Nothing is known to be wrong with it."
              : `Saved, and still wrong: ${wrongSentence(stillWrong)}. It was not replayed.`}
          </p>
        )}
      </div>
      {fix.error === null ? null : <ProblemBox error={fix.error} doing="Saving the payload" />}
    </form>
  );
}
