import type { Answer } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { InWords } from "../../part/in-words.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { uncheckedRules } from "../../text/contract.ts";

/** What the contract says and nobody holds rows to: always visible, never counted as kept. */
export function UncheckedSection(props: {
  readonly unchecked: readonly string[];
  readonly windows: Answer<"sourceWindows">["items"] | undefined;
}): ReactElement {
  const { unchecked, windows } = props;
  const rules = uncheckedRules(windows ?? []);
  return (
    <Section id="unchecked" title="Declared but not checked">
      {unchecked.length + rules.length === 0 ? (
        <Empty>
          {windows === undefined || windows.length === 0
            ? "Every promise has a rule. No window has been held to them yet, so none is known to be kept."
            : "Everything that the contract declares is checked."}
        </Empty>
      ) : (
        <p className="quiet">The contract says this, and nothing holds the rows to it. It is not known to be kept.</p>
      )}
      <ul>
        {unchecked.map((text) => (
          <li key={text}>
            <InWords text={text} />
          </li>
        ))}
        {rules.map(({ rule, words, reason }) => (
          <li key={rule}>
            <InWords text={words} />
            <span className="under">
              not checked in the newest window: <InWords text={reason ?? "no reason is known"} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
