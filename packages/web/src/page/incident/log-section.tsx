import type { IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { DeliveryBadge } from "../../part/delivery-badge.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";

/** What happened to the incident, oldest first. */
export function TimelineSection(props: { readonly incident: IncidentDetail }): ReactElement {
  const { timeline } = props.incident;
  return (
    <Section id="timeline" title="Timeline">
      {timeline.length === 0 ? (
        <Empty>Nothing has happened yet.</Empty>
      ) : (
        <ShowMore items={timeline} first={12} what="entries">
          {(entries) => (
            <ol className="timeline">
              {entries.map((entry) => (
                <li key={`${entry.at} ${entry.kind} ${entry.text}`}>
                  <span className="quiet">
                    <Moment at={entry.at} absent="" /> · {entry.kind.replaceAll("-", " ")}
                    {entry.actor === null ? "" : ` · ${entry.actor}`}
                  </span>
                  <span>{entry.text}</span>
                </li>
              ))}
            </ol>
          )}
        </ShowMore>
      )}
    </Section>
  );
}

/** What a message says, in a word. */
const kindText = (kind: string): string => kind.split(".").at(-1)?.replaceAll("-", " ") ?? kind;

/** Who was told, and whether it reached them. */
export function NotificationSection(props: { readonly incident: IncidentDetail }): ReactElement {
  const { notifications } = props.incident;
  return (
    <Section id="notifications" title="Notifications">
      {notifications.length === 0 ? (
        <Empty>Nobody was notified.</Empty>
      ) : (
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
            {notifications.map((message) => (
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
      )}
    </Section>
  );
}
