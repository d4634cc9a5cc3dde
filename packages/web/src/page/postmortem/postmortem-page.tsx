import type { Postmortem } from "@homeostat/protocol";
import { type ReactElement, useState } from "react";
import { Link } from "wouter";
import { usePostmortem, usePostmortemAct } from "../../data/learning.ts";
import { useMayOperate } from "../../data/session.ts";
import { DocumentText } from "../../part/document-text.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { Empty } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";

function Editor(props: { readonly postmortem: Postmortem; readonly onDone: () => void }): ReactElement {
  const { postmortem, onDone } = props;
  const [markdown, setMarkdown] = useState(postmortem.markdown);
  const act = usePostmortemAct(String(postmortem.incident));
  return (
    <form
      className="document-editor"
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({ kind: "edit", markdown, basedOn: postmortem.version }, { onSuccess: onDone });
      }}
    >
      <label>
        Markdown; actions are lines like “- [ ] @owner what to do (rule)”
        <textarea rows={30} value={markdown} onChange={(event) => setMarkdown(event.target.value)} />
      </label>
      <p>
        <button type="submit" className="primary" disabled={act.isPending}>
          Keep as version {postmortem.version + 1}
        </button>{" "}
        <button type="button" onClick={onDone}>
          Leave it as it was
        </button>
      </p>
      {act.error === null ? null : <ProblemBox error={act.error} doing="Keeping the text" />}
    </form>
  );
}

function Shown(props: { readonly postmortem: Postmortem }): ReactElement {
  const { postmortem } = props;
  const [edits, setEdits] = useState(false);
  const act = usePostmortemAct(String(postmortem.incident));
  const mayOperate = useMayOperate();
  return (
    <>
      <p className="badges">
        <span className={`badge postmortem-${postmortem.state}`}>{postmortem.state}</span>{" "}
        <span className="quiet">
          version {postmortem.version} by {postmortem.by}, <Moment at={postmortem.at} absent="" /> ·{" "}
          {postmortem.openActions} open {postmortem.openActions === 1 ? "action" : "actions"}
        </span>
      </p>
      {edits || !mayOperate ? null : (
        <p>
          <button type="button" onClick={() => setEdits(true)}>
            Edit
          </button>{" "}
          {postmortem.state === "published" ? null : (
            <button type="button" disabled={act.isPending} onClick={() => act.mutate({ kind: "publish" })}>
              Publish
            </button>
          )}
        </p>
      )}
      {act.error === null ? null : <ProblemBox error={act.error} doing="Publishing" />}
      {edits ? (
        <Editor postmortem={postmortem} onDone={() => setEdits(false)} />
      ) : (
        <DocumentText html={postmortem.html} />
      )}
    </>
  );
}

function Missing(props: { readonly number: string }): ReactElement {
  const act = usePostmortemAct(props.number);
  const mayOperate = useMayOperate();
  return (
    <>
      <Empty>There is no postmortem yet.</Empty>
      {mayOperate ? (
        <button
          type="button"
          className="primary"
          disabled={act.isPending}
          onClick={() => act.mutate({ kind: "draft" })}
        >
          Draft it from the timeline and the diagnosis
        </button>
      ) : null}
      {act.error === null ? null : <ProblemBox error={act.error} doing="Drafting" />}
    </>
  );
}

/** What was learned from an incident: drafted, edited, published. */
export function PostmortemPage(props: { readonly number: string }): ReactElement {
  const { number } = props;
  useTitle(`Postmortem ${number}`);
  const query = usePostmortem(number);
  return (
    <>
      <p>
        <Link href={`/incidents/${number}`}>Incident {number}</Link>
      </p>
      <Loaded query={query} what="the postmortem" lines={10}>
        {(postmortem) =>
          postmortem === null ? (
            <>
              <h1>Postmortem of incident {number}</h1>
              <Missing number={number} />
            </>
          ) : (
            <Shown postmortem={postmortem} />
          )
        }
      </Loaded>
    </>
  );
}
