import type { ReactElement } from "react";
import { Link } from "wouter";
import { useLinkedIncident, useUseLink } from "../../data/oncall.ts";
import { SeverityBadge } from "../../part/badge.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { useTitle } from "../../part/use-title.ts";

/** Asks once more before the link in a message acknowledges: mail scanners open links too, and press no buttons. */
function Confirm(props: { readonly token: string }): ReactElement {
  const query = useLinkedIncident(props.token);
  const act = useUseLink();
  return (
    <Loaded query={query} what="what this link is about">
      {(linked) => (
        <>
          <h1>
            <span className="quiet">Incident {linked.incident}</span> {linked.title}
          </h1>
          <p className="badges">
            <SeverityBadge severity={linked.severity} />
          </p>
          <p>
            {linked.system}. The message was sent to {linked.recipient}.
          </p>
          {act.data === undefined ? (
            <p>
              <button
                type="button"
                className="primary"
                disabled={act.isPending}
                onClick={() => act.mutate(props.token)}
              >
                Acknowledge: I am looking at it
              </button>
            </p>
          ) : (
            <p className="sentence" role="status">
              Acknowledged. Nobody else is told now, and those who were told hear that you have it.
            </p>
          )}
          {act.error === null ? null : <ProblemBox error={act.error} doing="Acknowledging" />}
          <p>
            <Link href={`/incidents/${linked.incident}`}>Open the incident</Link> (needs to be signed in)
          </p>
        </>
      )}
    </Loaded>
  );
}

/** Where the link in a message leads. It needs no session: the signed token in the fragment is enough to acknowledge. */
export function ActPage(): ReactElement {
  useTitle("Acknowledge");
  // A browser sends the fragment to no server and no log.
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (token !== null) return <Confirm token={token} />;
  return (
    <>
      <h1>This link is not whole</h1>
      <p>
        The part behind the # is missing. Copy the whole link from the message, or open the{" "}
        <Link href="/incidents">incidents</Link>.
      </p>
    </>
  );
}
