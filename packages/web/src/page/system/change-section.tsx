import type { Answer } from "@homeostat/protocol";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { ChangeList } from "../../part/change-list.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";

/** The change log; its numbers stand on the vertical lines of the charts. */
export function ChangeSection(props: { readonly query: UseQueryResult<Answer<"changes">> }): ReactElement {
  return (
    <Section id="changes" title="Change log">
      <Loaded query={props.query} what="changes">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>
              Nothing is logged. Changes come in by <code>POST /v1/changes</code>; without them no cause can be named.
            </Empty>
          ) : (
            <>
              <p className="quiet">The numbers are those on the vertical lines of the charts.</p>
              <ChangeList changes={items} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
