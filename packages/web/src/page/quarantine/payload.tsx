import type { ReactElement } from "react";

/** The payload as text, byte for byte: React writes it as text, so nothing in it is ever read as HTML. */
export function Payload(props: { readonly text: string }): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="payload" aria-label="Payload" tabIndex={0}>
      <pre>{props.text}</pre>
    </section>
  );
}
