import type { ServerStatus } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Fact, Facts } from "../../part/fact.tsx";
import { Hint } from "../../part/hint.tsx";
import { RecentMoment } from "../../part/moment.tsx";
import { Section } from "../../part/section.tsx";
import { useNow } from "../../part/use-now.ts";
import { Bar } from "../../plot/bar.tsx";
import { formatBytes } from "../../text/bytes.ts";
import { formatCount } from "../../text/number.ts";
import { formatDuration } from "../../text/time.ts";

/** What waits on disk for its place in the store, and how much more may wait. */
export function SpoolSection(props: { readonly spool: ServerStatus["spool"] }): ReactElement {
  const { spool } = props;
  const nowMs = useNow();
  return (
    <Section
      id="spool"
      title={
        <>
          Spool <Hint term="spool" />
        </>
      }
    >
      <Bar value={spool.bytes} most={spool.limitBytes} tone="tone-posterior" />
      <Facts>
        <Fact name="Rows waiting">{formatCount(spool.rows)}</Fact>
        <Fact name="Size">
          {formatBytes(spool.bytes)} <span className="quiet">of at most {formatBytes(spool.limitBytes)}</span>
        </Fact>
        <Fact name="Oldest row">
          {spool.oldestReceivedAt === null ? (
            "nothing waits"
          ) : (
            <RecentMoment at={spool.oldestReceivedAt} nowMs={nowMs} />
          )}
        </Fact>
        <Fact name="Takes no more when one waits">{formatDuration(spool.limitAgeMs)}</Fact>
      </Facts>
      {spool.damage.length === 0 ? (
        <p className="quiet">No damage was found on disk.</p>
      ) : (
        <div className="problem">
          <p className="problem-title">Damage was found on disk and set aside</p>
          <ul>
            {spool.damage.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}
