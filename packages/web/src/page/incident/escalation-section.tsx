import type { EscalationAnswer, IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useEscalations } from "../../data/oncall.ts";
import { DeliveryBadge } from "../../part/delivery-badge.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";

const phaseWords: { readonly [P in EscalationAnswer["phase"]]: string } = {
  waiting: "Waits for what belongs together; nobody is told yet.",
  muted: "Nobody is told.",
  escalating: "Told, and nobody has answered yet.",
  told: "Everybody on the path was told.",
  quiet: "Nobody is told: no finding stands any more.",
  acknowledged: "Somebody has it: nobody else is told.",
  ended: "It is over, and those who were told know.",
};

function placeOf({ phase, step, steps, round }: EscalationAnswer): string {
  if (phase !== "escalating") return "";
  const place = step > steps ? "the last resort" : `step ${step} of ${steps}`;
  return round > 1 ? ` At ${place}, round ${round}.` : ` At ${place}.`;
}

/** What a message says, in a word. */
const kindText = (kind: string): string => kind.split(".").at(-1)?.replaceAll("-", " ") ?? kind;

/** Every message, and whether it reached its channel. */
function MessageTable(props: { readonly messages: IncidentDetail["notifications"] }): ReactElement {
  return (
    <ScrollTable caption="Messages about this incident" label="Notifications">
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col">Told</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Attempts
          </th>
          <th scope="col">At</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        {props.messages.map((message) => (
          <tr key={`${message.channel} ${message.id}`}>
            <th scope="row">{message.channel}</th>
            <td>{kindText(message.kind)}</td>
            <td>
              <DeliveryBadge state={message.state} />
            </td>
            <td className="number">{message.attempts}</td>
            <td>
              <Moment at={message.at} absent="not tried yet" />
            </td>
            <td className="sentence-cell">{message.detail}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** Who was told by which policy, where it stands, when it goes on, and whether messages arrived. */
export function EscalationSection(props: { readonly incident: IncidentDetail }): ReactElement {
  const { number, notifications } = props.incident;
  const query = useEscalations(number);
  return (
    <Section id="escalation" title="Who is told">
      <Loaded query={query} what="who is told">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>Nobody is told yet: that begins when the diagnosis is there.</Empty>
          ) : (
            items.map((one) => (
              <div key={one.policy} className="escalation">
                <p>
                  <strong>{phaseWords[one.phase]}</strong>
                  {placeOf(one)}
                  {one.mutedBy === null ? "" : ` ${one.mutedBy}.`}
                  {one.nextAt === null ? null : (
                    <>
                      {" "}
                      Goes on <Moment at={one.nextAt} absent="" />.
                    </>
                  )}
                </p>
                <p className="quiet">
                  By {one.policy}: {one.why}
                </p>
                {one.told.length === 0 ? null : (
                  <ul>
                    {one.told.map(({ person, channel, why }) => (
                      <li key={`${person} ${channel} ${why}`}>
                        {person ?? channel}{" "}
                        <span className="quiet">{person === null ? why : `by ${channel}, ${why}`}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            ))
          )
        }
      </Loaded>
      {notifications.length === 0 ? <Empty>No message was sent.</Empty> : <MessageTable messages={notifications} />}
    </Section>
  );
}
