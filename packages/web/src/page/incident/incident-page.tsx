import type { IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useIncident } from "../../data/incident.ts";
import { useActions } from "../../data/learning.ts";
import { IncidentStateBadge, SeverityBadge } from "../../part/badge.tsx";
import { Contents } from "../../part/contents.tsx";
import { Fact, Facts } from "../../part/fact.tsx";
import { FindingTable, newestFirst } from "../../part/finding-table.tsx";
import { Hint } from "../../part/hint.tsx";
import { InWords } from "../../part/in-words.tsx";
import { Loaded, Skeleton } from "../../part/loaded.tsx";
import { Moment, RecentMoment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { Unknown } from "../../part/unknown.tsx";
import { useNow } from "../../part/use-now.ts";
import { useTitle } from "../../part/use-title.ts";
import { ActForm } from "./act-form.tsx";
import { ActionSection } from "./action-section.tsx";
import { AucSection } from "./auc-section.tsx";
import { DeedForm } from "./deed-form.tsx";
import { EscalationSection } from "./escalation-section.tsx";
import { FeatureBars } from "./feature-bars.tsx";
import { FixSection } from "./fix-section.tsx";
import { RadiusSection } from "./radius-section.tsx";
import { SimilarSection } from "./similar-section.tsx";
import { SliceSection } from "./slice-section.tsx";
import { StepSection } from "./step-section.tsx";
import { SuspectSection } from "./suspect-section.tsx";
import { TimelineSection } from "./timeline-section.tsx";

function IncidentHeader(props: { readonly incident: IncidentDetail }): ReactElement {
  const { incident } = props;
  const nowMs = useNow();
  return (
    <>
      <p className="badges">
        <SeverityBadge severity={incident.severity} /> <IncidentStateBadge state={incident.state} />
      </p>
      {incident.diagnosis === null || incident.diagnosis.sentence === incident.title ? null : (
        <p className="sentence">
          <InWords text={incident.diagnosis.sentence} />
        </p>
      )}
      <Facts>
        <Fact name="System">
          <Link href={`/systems/${incident.system}`}>{incident.system}</Link>
        </Fact>
        <Fact name="Owner">{incident.owner}</Fact>
        <Fact
          name={
            <>
              Layer <Hint term="layer" />
            </>
          }
        >
          {incident.layer}
        </Fact>
        <Fact name="Since (event time)">
          <Moment at={incident.since} absent="" />
        </Fact>
        <Fact name="Detected (event time)">
          <Moment at={incident.detectedAtEventTime} absent="" />
        </Fact>
        <Fact name="Opened">
          <RecentMoment at={incident.openedAt} nowMs={nowMs} />
        </Fact>
        <Fact name="Acknowledged by">{incident.acknowledgedBy ?? <Unknown reason="nobody has acknowledged it" />}</Fact>
        <Fact name="Resolved">
          <Moment at={incident.resolvedAt} absent="not resolved" />
        </Fact>
        <Fact name="Postmortem">
          <Link href={`/incidents/${incident.number}/postmortem`} aria-label="Postmortem">
            {incident.state === "resolved" ? "read or write it" : "read it, or draft it"}
          </Link>
        </Fact>
        {incident.falseAlarm === null ? null : <Fact name="False alarm">{incident.falseAlarm}</Fact>}
        {incident.linkedCause === null ? null : (
          <Fact name={`Cause, said by ${incident.linkedCause.by}`}>
            {incident.linkedCause.title} (<code>{incident.linkedCause.component}</code>)
          </Fact>
        )}
      </Facts>
    </>
  );
}

function DiagnosisPart(props: { readonly incident: IncidentDetail }): ReactElement {
  const { diagnosis } = props.incident;
  if (diagnosis === null) {
    return (
      <Section id="diagnosis" title="Diagnosis">
        <p>The diagnosis is running. It appears here by itself.</p>
        <Skeleton lines={4} what="the diagnosis" />
      </Section>
    );
  }
  return (
    <>
      <SliceSection diagnosis={diagnosis} />
      <AucSection incident={props.incident} diagnosis={diagnosis} />
      <div className="columns">
        <FeatureBars diagnosis={diagnosis} />
        <SuspectSection diagnosis={diagnosis} />
      </div>
      <FixSection diagnosis={diagnosis} />
      <StepSection diagnosis={diagnosis} />
    </>
  );
}

/** Says at the top that actions wait for a decision, which stands further down. */
function Waiting(props: { readonly number: number }): ReactElement | null {
  const { data } = useActions(props.number);
  const waiting = (data?.items ?? []).filter(({ state }) => state === "waiting").length;
  if (waiting === 0) return null;
  return (
    <p className="stale">
      {waiting === 1 ? "One action waits" : `${waiting} actions wait`} for somebody's decision:{" "}
      <a href="#actions">decide</a>.
    </p>
  );
}

const rest = [
  { id: "radius", name: "Blast radius" },
  { id: "actions", name: "Actions" },
  { id: "similar", name: "Similar" },
  { id: "evidence", name: "Evidence" },
  { id: "timeline", name: "Timeline" },
] as const;
const running = [{ id: "escalation", name: "Who is told" }, { id: "diagnosis", name: "Diagnosis" }, ...rest] as const;
const parts = [
  { id: "escalation", name: "Who is told" },
  { id: "slice", name: "Where" },
  { id: "suspects", name: "Why" },
  { id: "fix", name: "What could be done" },
  { id: "steps", name: "How it was found" },
  ...rest,
] as const;

/** One incident: what is wrong and where, why, on what evidence, and what was done. */
export function IncidentPage(props: { readonly number: string }): ReactElement {
  useTitle(`Incident ${props.number}`);
  const query = useIncident(props.number);
  return (
    <Loaded query={query} what="the incident" lines={6}>
      {(incident) => (
        <>
          <h1>
            <span className="quiet">Incident {incident.number}</span> <InWords text={incident.title} />
          </h1>
          <IncidentHeader incident={incident} />
          <ActForm incident={incident} />
          <DeedForm incident={incident} />
          <Waiting number={incident.number} />
          <Contents groups={[{ group: "", sections: incident.diagnosis === null ? running : parts }]} />
          <EscalationSection incident={incident} />
          <DiagnosisPart incident={incident} />
          <RadiusSection incident={incident} />
          <ActionSection incident={incident} />
          <SimilarSection number={props.number} />
          <Section id="evidence" title="Evidence">
            {incident.evidence.length === 0 ? (
              <Empty>No finding is attached.</Empty>
            ) : (
              <ShowMore items={newestFirst(incident.evidence)} first={5} what="findings">
                {(findings) => (
                  <FindingTable
                    findings={findings}
                    caption="Findings that make up this incident, newest window first"
                  />
                )}
              </ShowMore>
            )}
          </Section>
          <TimelineSection incident={incident} />
        </>
      )}
    </Loaded>
  );
}
