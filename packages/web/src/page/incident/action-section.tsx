import type { ActionRun, IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useActions, useDecision } from "../../data/learning.ts";
import { useMayOperate } from "../../data/session.ts";
import { InWords } from "../../part/in-words.tsx";
import { Moment } from "../../part/moment.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";

function Decide(props: { readonly run: ActionRun }): ReactElement | null {
  const { run } = props;
  const decide = useDecision(String(run.incident));
  const mayOperate = useMayOperate();
  if (run.state !== "waiting") return null;
  if (!mayOperate) return <span className="quiet">needs the scope “operate”</span>;
  return (
    <>
      {(["approve", "reject"] as const).map((word) => (
        <button
          key={word}
          type="button"
          className={word === "approve" ? "primary" : ""}
          disabled={decide.isPending}
          onClick={() => decide.mutate({ action: run.action, word })}
        >
          {word === "approve" ? `Approve: ${run.do.replaceAll("-", " ")}` : "Reject"}
        </button>
      ))}
      {decide.error === null ? null : <ProblemBox error={decide.error} doing="Deciding" />}
    </>
  );
}

function RuleTable(props: { readonly runs: readonly ActionRun[] }): ReactElement {
  return (
    <ScrollTable caption="By rule: actions that the system declares for such an incident" label="Actions by rule">
      <thead>
        <tr>
          <th scope="col">Action</th>
          <th scope="col">State</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">In words</th>
          <th scope="col">Changed</th>
          <th scope="col">
            <span className="hidden">Decide</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.runs.map((run) => (
          <tr key={run.action}>
            <th scope="row">
              {run.action} <span className="under">{run.do.replaceAll("-", " ")}</span>
            </th>
            <td>
              <span className={`badge action-${run.state}`}>{run.state.replaceAll("-", " ")}</span>
            </td>
            <td>{run.before ?? "–"}</td>
            <td>{run.after ?? "–"}</td>
            <td className="sentence-cell">
              {run.text}
              {run.decidedBy === null ? "" : ` (${run.decidedBy})`}
            </td>
            <td>
              <Moment at={run.changedAt} absent="" />
            </td>
            <td className="decide">
              <Decide run={run} />
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** What is done about the incident: by rule, waiting for a decision or over, and what people did. */
export function ActionSection(props: { readonly incident: IncidentDetail }): ReactElement {
  const { incident } = props;
  const { data } = useActions(incident.number);
  const runs = data?.items ?? [];
  // The table above says the newest of each rule; the list says the rest.
  const others = incident.actions.filter(
    ({ text }) => !runs.some((run) => text.startsWith(`${run.action} (${run.do})`)),
  );
  return (
    <Section id="actions" title="Actions">
      {runs.length === 0 ? null : <RuleTable runs={runs} />}
      {runs.length + others.length === 0 ? (
        <Empty>Nothing was done yet, and the system declares no action for such an incident.</Empty>
      ) : null}
      {others.length === 0 ? null : (
        <ul>
          {others.map(({ at, text, actor }) => (
            <li key={`${at} ${text}`}>
              <Moment at={at} absent="" /> <InWords text={text} />
              {actor === null || text.includes(actor) ? "" : ` (${actor})`}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
