import { type ReactElement, useState } from "react";
import { formatCount } from "../text/number.ts";

/** A long list shows its first items; a button shows the rest. `children` draws the items it is given. */
export function ShowMore<T>(props: {
  readonly items: readonly T[];
  readonly first: number;
  readonly what: string;
  readonly children: (items: readonly T[]) => ReactElement;
}): ReactElement {
  const [all, setAll] = useState(false);
  const { items, first, what } = props;
  return (
    <>
      {props.children(all ? items : items.slice(0, first))}
      {items.length <= first ? null : (
        <p>
          <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `Show the first ${first} ${what}` : `Show all ${formatCount(items.length)} ${what}`}
          </button>
        </p>
      )}
    </>
  );
}
