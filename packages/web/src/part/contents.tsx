import type { ReactElement } from "react";

interface ContentsGroup {
  /** Empty where a page has one group only. */
  readonly group: string;
  readonly sections: readonly { readonly id: string; readonly name: string }[];
}

/** What stands on a long page, in the order of the page. */
export function Contents(props: { readonly groups: readonly ContentsGroup[] }): ReactElement {
  return (
    <nav className="contents" aria-label="On this page">
      {props.groups.map(({ group, sections }) => (
        <span key={group} className="contents-group">
          {group === "" ? null : <span className="quiet">{group}</span>}
          {sections.map(({ id, name }) => (
            <a key={id} href={`#${id}`}>
              {name}
            </a>
          ))}
        </span>
      ))}
    </nav>
  );
}
