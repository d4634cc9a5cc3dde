import type { ReactElement, ReactNode } from "react";

/** A part of a page with a heading that can be linked to. `aside` stands at the right of the heading. */
export function Section(props: {
  readonly id: string;
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <section id={props.id} aria-labelledby={`${props.id}-title`} className="section">
      <header className="section-head">
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        {props.aside === undefined ? null : <div className="section-aside">{props.aside}</div>}
      </header>
      {props.children}
    </section>
  );
}

/** A table that scrolls sideways on its own where the page is narrow. */
export function ScrollTable(props: {
  readonly caption: ReactNode;
  readonly label: string;
  /** A class of the table. */
  readonly look?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="table-scroller" aria-label={props.label} tabIndex={0}>
      <table className={props.look}>
        <caption>
          <span className="caption">{props.caption}</span>
        </caption>
        {props.children}
      </table>
    </section>
  );
}

/** A short text where a list is empty: says that it is empty and why that may be. */
export function Empty(props: { readonly children: ReactNode }): ReactElement {
  return <p className="empty">{props.children}</p>;
}
