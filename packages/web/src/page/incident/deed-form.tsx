import type { IncidentDetail } from "@homeostat/protocol";
import { type FormEvent, type ReactElement, useState } from "react";
import { type IncidentDeed, useIncidentDeed } from "../../data/incident.ts";
import { useMayOperate } from "../../data/session.ts";
import { ProblemBox } from "../../part/problem-box.tsx";

type Kind = IncidentDeed["kind"];

const words: Readonly<Record<Kind, { readonly choice: string; readonly label: string; readonly button: string }>> = {
  note: { choice: "Write a note", label: "Note", button: "Write the note" },
  assign: { choice: "Give it to another owner", label: "Why (optional)", button: "Assign" },
  "false-alarm": { choice: "Mark as a false alarm", label: "Why nothing was wrong", button: "Mark as a false alarm" },
  cause: { choice: "Say what the cause was", label: "What happened", button: "Link the cause" },
};
const kinds = Object.keys(words) as Kind[];
const unlogged = "";

/** What else a person does to an incident: a note, another owner, a false alarm, the cause. Possible when it is over, too. */
export function DeedForm(props: { readonly incident: IncidentDetail }): ReactElement | null {
  const { incident } = props;
  const [kind, setKind] = useState<Kind>("note");
  const [text, setText] = useState("");
  const [owner, setOwner] = useState("");
  const [component, setComponent] = useState("");
  const [change, setChange] = useState(unlogged);
  const act = useIncidentDeed(String(incident.number));
  if (!useMayOperate()) return null;

  const deed = (): IncidentDeed => {
    switch (kind) {
      case "note":
        return { kind, text };
      case "assign":
        return { kind, owner, note: text };
      case "false-alarm":
        return { kind, reason: text };
      case "cause":
        return change === unlogged ? { kind, component, note: text } : { kind, change, note: text };
    }
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    act.mutate(deed(), { onSuccess: () => setText("") });
  };
  const suspects = incident.diagnosis?.suspects.flatMap((suspect) => (suspect.change === null ? [] : [suspect.change]));
  const textIsOptional = kind === "assign" || (kind === "cause" && change !== unlogged);
  return (
    <details className="deed">
      <summary>Note, other owner, false alarm, cause</summary>
      <form className="act" onSubmit={onSubmit}>
        <label>
          What
          <select value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {words[each].choice}
              </option>
            ))}
          </select>
        </label>
        {kind === "assign" ? (
          <label>
            Owner
            <input type="text" required value={owner} onChange={(event) => setOwner(event.target.value)} />
          </label>
        ) : null}
        {kind === "cause" ? (
          <label>
            Change
            <select value={change} onChange={(event) => setChange(event.target.value)}>
              <option value={unlogged}>none that was logged</option>
              {(suspects ?? []).map(({ id, title, component: on }) => (
                <option key={id} value={id}>
                  {title} ({on})
                </option>
              ))}
            </select>
          </label>
        ) : null}
        {kind === "cause" && change === unlogged ? (
          <label>
            Component
            <input
              type="text"
              required
              placeholder="source:airline-feed"
              value={component}
              onChange={(event) => setComponent(event.target.value)}
            />
          </label>
        ) : null}
        <label>
          {words[kind].label}
          <input
            type="text"
            required={!textIsOptional}
            maxLength={2_000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <button type="submit" disabled={act.isPending}>
          {words[kind].button}
        </button>
        {act.error === null ? null : <ProblemBox error={act.error} doing="Changing the incident" />}
      </form>
    </details>
  );
}
