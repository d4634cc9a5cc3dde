import type { ChannelState } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useChannels } from "../../data/channel.ts";
import { DeliveryBadge } from "../../part/delivery-badge.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { VerdictIcon } from "../../part/verdict-icon.tsx";

const stateWords = { on: "On", pausing: "Pausing", off: "Switched off" } as const;
const verdicts = { on: "healthy", pausing: "warning", off: "critical" } as const;

function StateCell({ state, stateDetail }: ChannelState): ReactElement {
  return (
    <>
      <span className={`badge verdict-${verdicts[state]}`}>
        <VerdictIcon state={verdicts[state]} />
        {stateWords[state]}
      </span>{" "}
      {state === "off" ? stateDetail : null}
      {state === "pausing" ? (
        <>
          until <Moment at={stateDetail} absent="not known" />, as its receiver asked
        </>
      ) : null}
    </>
  );
}

function LastCell({ last }: Pick<ChannelState, "last">): ReactElement {
  if (last === null) return <span className="quiet">nothing was sent yet</span>;
  return (
    <>
      <DeliveryBadge state={last.state} /> <Moment at={last.at} absent="not tried yet" />{" "}
      {last.state === "sent" ? null : last.detail}
    </>
  );
}

/** By which ways people are told, and whether they work. */
export function ChannelSection(): ReactElement {
  const channels = useChannels();
  return (
    <Section id="channels" title="Channels">
      <Loaded query={channels} what="channels">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>
              Nobody is told of an incident: no channel is declared. Name one in a system's <code>notify</code> and
              apply it.
            </Empty>
          ) : (
            <ScrollTable
              caption={
                <>
                  Ways to tell people; <code>homeostat channel test NAME</code> tries one
                </>
              }
              label="Channels"
            >
              <thead>
                <tr>
                  <th scope="col">Channel</th>
                  <th scope="col">Leads to</th>
                  <th scope="col">Systems</th>
                  <th scope="col">State</th>
                  <th scope="col" className="number">
                    Waiting
                  </th>
                  <th scope="col">Last message</th>
                </tr>
              </thead>
              <tbody>
                {items.map((channel) => (
                  <tr key={channel.name}>
                    <th scope="row">{channel.name}</th>
                    <td>{channel.where}</td>
                    <td>{channel.systems.length === 0 ? "none" : channel.systems.join(", ")}</td>
                    <td className="sentence-cell">
                      <StateCell {...channel} />
                    </td>
                    <td className="number">{channel.waiting}</td>
                    <td className="sentence-cell">
                      <LastCell last={channel.last} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </ScrollTable>
          )
        }
      </Loaded>
    </Section>
  );
}
