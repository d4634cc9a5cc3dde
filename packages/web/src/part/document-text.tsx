import type { ReactElement } from "react";

/** A text of ours as HTML: the server makes it of Markdown, with nothing in it that runs or loads. */
export function DocumentText(props: { readonly html: string }): ReactElement {
  return (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: the server shows HTML of texts as text and lets no script or picture through
    <article className="document" dangerouslySetInnerHTML={{ __html: props.html }} />
  );
}
