import type { ReactElement } from "react";

/** A sentence of the server in which names stand between backticks: those are set as code. Text only, never HTML. */
export function InWords(props: { readonly text: string }): ReactElement {
  return (
    <>
      {props.text.split("`").map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which never move
        index % 2 === 1 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}
