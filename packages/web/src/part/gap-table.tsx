import type { ServerStatus } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { gapWords } from "../text/gap.ts";
import { formatCount } from "../text/number.ts";
import { RecentMoment } from "./moment.tsx";
import { ScrollTable } from "./section.tsx";
import { useNow } from "./use-now.ts";

type Gap = Omit<ServerStatus["gaps"][number], "system"> & { readonly system?: string };

/** Rows that are not where they should be, by reason, since the server's data began; by system too where gaps name one. */
export function GapTable(props: { readonly gaps: readonly Gap[] }): ReactElement {
  const nowMs = useNow();
  const named = props.gaps.some((gap) => gap.system !== undefined);
  return (
    <ScrollTable caption="Rows that are not where they should be, since the data began" label="Gaps">
      <thead>
        <tr>
          {named ? <th scope="col">System</th> : null}
          <th scope="col" className="number">
            Rows
          </th>
          <th scope="col">What became of them</th>
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody>
        {props.gaps.map((gap) => (
          <tr key={`${gap.system ?? ""} ${gap.kind}`}>
            {named ? <th scope="row">{gap.system}</th> : null}
            <td className="number">{formatCount(gap.rows)}</td>
            <td className="sentence-cell">{gapWords[gap.kind]}</td>
            <td>
              <RecentMoment at={gap.lastAt} nowMs={nowMs} />
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
