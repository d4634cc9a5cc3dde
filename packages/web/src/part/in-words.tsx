import type { ReactElement } from "react";
import { Moment } from "./moment.tsx";

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

function Plain(props: { readonly text: string }): ReactElement {
  return (
    <>
      {props.text.split(instant).map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which never move
        index % 2 === 1 ? <Moment key={index} at={part} absent="" /> : part,
      )}
    </>
  );
}

/**
 * A sentence of the server in which names stand between backticks and instants in UTC: names are set as code, instants in
 * the reader's zone. Text only, never HTML.
 */
export function InWords(props: { readonly text: string }): ReactElement {
  return (
    <>
      {props.text.split("`").map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which never move
        index % 2 === 1 ? <code key={index}>{part}</code> : <Plain key={index} text={part} />,
      )}
    </>
  );
}
