import type { ServerStatus } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { RecentMoment } from "../../part/moment.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { useNow } from "../../part/use-now.ts";
import { formatCount } from "../../text/number.ts";
import { formatDuration } from "../../text/time.ts";

type Skew = ServerStatus["clockSkew"][number];

/** Below this it is the network's time and the header's resolution. */
const notableMs = 2_000;

const basisWords: { readonly [B in Skew["basis"]]: string } = {
  "date-header": "the Date header of its requests",
  "event-time": "the newest event of its requests, which shows only a clock that is ahead",
};

function aheadText({ aheadMs }: Skew): string {
  if (Math.abs(aheadMs) < notableMs) return "in step";
  return `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`;
}

/** How far the clocks of senders are from the server's; the farthest first. */
export function SkewTable(props: { readonly skews: readonly Skew[] }): ReactElement {
  const nowMs = useNow();
  return (
    <ScrollTable caption="The farthest first" label="Clocks of senders">
      <thead>
        <tr>
          <th scope="col">Sender (key)</th>
          <th scope="col">Its clock</th>
          <th scope="col">Told by</th>
          <th scope="col" className="number">
            Requests
          </th>
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody>
        {props.skews
          .toSorted((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs))
          .map((skew) => (
            <tr key={`${skew.caller} ${skew.basis}`}>
              <th scope="row">{skew.caller}</th>
              <td>{aheadText(skew)}</td>
              <td className="sentence-cell">{basisWords[skew.basis]}</td>
              <td className="number">{formatCount(skew.samples)}</td>
              <td>
                <RecentMoment at={skew.lastAt} nowMs={nowMs} />
              </td>
            </tr>
          ))}
      </tbody>
    </ScrollTable>
  );
}
