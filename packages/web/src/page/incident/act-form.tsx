import type { IncidentDetail } from "@homeostat/protocol";
import { type FormEvent, type ReactElement, useState } from "react";
import { type IncidentAct, useIncidentAct } from "../../data/incident.ts";
import { useMayOperate } from "../../data/session.ts";
import { ProblemBox } from "../../part/problem-box.tsx";

/** Acknowledge or resolve, with a note for the timeline. Not shown once the incident is over. */
export function ActForm(props: { readonly incident: IncidentDetail }): ReactElement | null {
  const { incident } = props;
  const [note, setNote] = useState("");
  const act = useIncidentAct(String(incident.number));
  const mayOperate = useMayOperate();
  if (incident.state === "resolved") return null;
  if (!mayOperate) return <p className="quiet">Acknowledging and resolving need a session with the scope “operate”.</p>;

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const chosen: IncidentAct["act"] = submitter?.getAttribute("value") === "resolve" ? "resolve" : "acknowledge";
    act.mutate({ act: chosen, note }, { onSuccess: () => setNote("") });
  };
  return (
    <form className="act" onSubmit={onSubmit}>
      <label>
        Note (optional)
        <input type="text" value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />
      </label>
      {incident.state === "open" ? (
        <button type="submit" value="acknowledge" className="primary" disabled={act.isPending}>
          Acknowledge: I am looking at it
        </button>
      ) : null}
      <button type="submit" value="resolve" disabled={act.isPending}>
        Resolve: it is over
      </button>
      {act.error === null ? null : <ProblemBox error={act.error} doing="Changing the incident" />}
    </form>
  );
}
