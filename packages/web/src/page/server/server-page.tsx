import type { ServerStatus } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useStatus } from "../../data/status.ts";
import { useSystems } from "../../data/system.ts";
import { Fact, Facts } from "../../part/fact.tsx";
import { GapTable } from "../../part/gap-table.tsx";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { RecentMoment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { useNow } from "../../part/use-now.ts";
import { useTitle } from "../../part/use-title.ts";
import { VerdictIcon } from "../../part/verdict-icon.tsx";
import { formatBytes } from "../../text/bytes.ts";
import { ChannelSection } from "./channel-section.tsx";
import { IntakeTable } from "./intake-table.tsx";
import { SkewTable } from "./skew-table.tsx";
import { SpoolSection } from "./spool-section.tsx";

function PartTable(props: { readonly parts: ServerStatus["parts"] }): ReactElement {
  return (
    <ScrollTable caption="Processes and stores, and the shipper between them" label="Parts of the server">
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">State</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        {props.parts.map((part) => (
          <tr key={part.part}>
            <th scope="row">{part.part}</th>
            <td>
              <span className={`badge verdict-${part.ready ? "healthy" : "critical"}`}>
                <VerdictIcon state={part.ready ? "healthy" : "critical"} />
                {part.ready ? "Ready" : "Not ready"}
              </span>
            </td>
            <td className="sentence-cell">{part.detail}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function StatusBody(props: { readonly status: ServerStatus }): ReactElement {
  const { status } = props;
  const nowMs = useNow();
  return (
    <>
      <Facts>
        <Fact name="Version">{status.version}</Fact>
        <Fact name="Started">
          <RecentMoment at={status.startedAt} nowMs={nowMs} />
        </Fact>
        <Fact name="Data directory">
          <code>{status.dataDirectory}</code>
        </Fact>
        <Fact name="Memory">
          {formatBytes(status.memoryBytes)} <span className="quiet">without the engine</span>
        </Fact>
      </Facts>
      <Section id="parts" title="Parts">
        <PartTable parts={status.parts} />
      </Section>
      <SpoolSection spool={status.spool} />
      <Section
        id="gaps"
        title={
          <>
            Gaps <Hint term="gap" />
          </>
        }
      >
        {status.gaps.length === 0 ? (
          <Empty>No row was turned away, and none was lost.</Empty>
        ) : (
          <GapTable gaps={status.gaps} />
        )}
      </Section>
      <Section
        id="clocks"
        title={
          <>
            Clocks of senders <Hint term="clockSkew" />
          </>
        }
      >
        {status.clockSkew.length === 0 ? (
          <Empty>
            Not known: no sender has told its time since the server started. It is measured by the Date header of
            requests, and by events that have not happened yet.
          </Empty>
        ) : (
          <SkewTable skews={status.clockSkew} />
        )}
      </Section>
    </>
  );
}

/** How the server is, and how rows come into it. */
export function ServerPage(): ReactElement {
  useTitle("Server");
  const status = useStatus();
  const systems = useSystems();
  return (
    <>
      <h1>Server</h1>
      <Loaded query={status} what="the server's state" lines={6}>
        {(known) => <StatusBody status={known} />}
      </Loaded>
      <ChannelSection />
      <Section id="intake" title="Rows by system">
        <Loaded query={systems} what="systems">
          {({ items }) =>
            items.length === 0 ? (
              <Empty>No system is under care yet.</Empty>
            ) : (
              <IntakeTable systems={items.map(({ name }) => name)} />
            )
          }
        </Loaded>
      </Section>
    </>
  );
}
