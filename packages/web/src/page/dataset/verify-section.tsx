import type { DatasetCheck, VerdictState } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useVerified, useVerify } from "../../data/dataset.ts";
import { Moment } from "../../part/moment.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { VerdictIcon } from "../../part/verdict-icon.tsx";
import { formatCount } from "../../text/number.ts";

const signs: { readonly [S in DatasetCheck["state"]]: { readonly sign: VerdictState; readonly words: string } } = {
  ok: { sign: "healthy", words: "Every byte is as it was stored" },
  erased: { sign: "healthy", words: "As it was stored, but for rows erased on request" },
  missing: { sign: "critical", words: "A part or the manifest is missing" },
  corrupt: { sign: "critical", words: "A byte was changed" },
};

function partText(part: DatasetCheck["parts"][number]): string {
  const name = `Part ${part.part}`;
  if (part.state === "corrupt") return `${name} is corrupt: ${part.reason}`;
  if (part.state === "erased") return `${name}: ${formatCount(part.rows)} rows erased on request`;
  return `${name} is missing`;
}

function sourceText({ source }: DatasetCheck): string {
  if (source.state === "same") return "Its rows could be taken from their source once more, unchanged.";
  return source.state === "missing"
    ? `Its rows could not be taken from their source once more: ${source.reason}. That does the dataset no harm.`
    : `Whether its source still has the rows was not checked: ${source.reason}.`;
}

function Check(props: { readonly check: DatasetCheck; readonly at: string }): ReactElement {
  const { check } = props;
  const { sign, words } = signs[check.state];
  const notable = check.parts.filter((part) => part.state !== "ok");
  return (
    <>
      <p>
        <span className={`badge verdict-${sign}`}>
          <VerdictIcon state={sign} />
          {words}
        </span>{" "}
        <span className="quiet">
          {formatCount(check.parts.length)} parts read at <Moment at={props.at} absent="" />
        </span>
      </p>
      {check.manifest === "ok" ? null : <p>The manifest is {check.manifest}.</p>}
      {notable.length === 0 ? null : (
        <ul>
          {notable.map((part) => (
            <li key={part.part}>{partText(part)}</li>
          ))}
        </ul>
      )}
      <p className="quiet">{sourceText(check)}</p>
    </>
  );
}

/** Reads the dataset again on request. The server keeps no check, so until one is asked for its state is unknown. */
export function VerifySection(props: { readonly system: string; readonly digest: string }): ReactElement {
  const verified = useVerified(props.digest);
  const verify = useVerify(props.system, props.digest);
  return (
    <Section
      id="verify"
      title="Is it whole?"
      aside={
        <button type="button" className="primary" disabled={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? "Reading every part …" : "Verify now"}
        </button>
      }
    >
      <div role="status">
        {verified === undefined ? (
          <Empty>Not checked since this page was opened. Verifying reads every part again.</Empty>
        ) : (
          <Check check={verified.check} at={verified.at} />
        )}
      </div>
      {verify.error === null ? null : <ProblemBox error={verify.error} doing="Verifying" />}
    </Section>
  );
}
