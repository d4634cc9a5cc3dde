import type { ActionRun } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useActions, useDecision } from "../../data/learning.ts";
import { useMayOperate } from "../../data/session.ts";
import { Moment } from "../../part/moment.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { ScrollTable, Section } from "../../part/section.tsx";

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

/** What is done about the incident by rule; not shown where nothing is. */
export function RuleSection(props: { readonly number: number }): ReactElement | null {
  const { data } = useActions(props.number);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section id="rules" title="What is done by rule">
      <ScrollTable caption="Actions that the system declares for such an incident" label="Actions by rule">
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">State</th>
            <th scope="col">Before → after</th>
            <th scope="col">In words</th>
            <th scope="col">Changed</th>
            <th scope="col">
              <span className="hidden">Decide</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((run) => (
            <tr key={run.action}>
              <th scope="row">
                {run.action} <span className="quiet">({run.do.replaceAll("-", " ")})</span>
              </th>
              <td>
                <span className={`badge action-${run.state}`}>{run.state.replaceAll("-", " ")}</span>
              </td>
              <td>
                {run.before ?? "–"} → {run.after ?? "–"}
              </td>
              <td>
                {run.text}
                {run.decidedBy === null ? "" : ` (${run.decidedBy})`}
              </td>
              <td>
                <Moment at={run.changedAt} absent="" />
              </td>
              <td>
                <Decide run={run} />
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </Section>
  );
}
