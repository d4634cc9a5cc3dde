import type { ReactElement, ReactNode } from "react";

/** Named values, as a definition list that flows. */
export function Facts(props: { readonly children: ReactNode }): ReactElement {
  return <dl className="facts">{props.children}</dl>;
}

/** One named value. */
export function Fact(props: { readonly name: ReactNode; readonly children: ReactNode }): ReactElement {
  return (
    <div className="fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
