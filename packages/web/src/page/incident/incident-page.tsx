import type { IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useIncident } from "../../data/incident.ts";
import { IncidentStateBadge, SeverityBadge } from "../../part/badge.tsx";
import { Fact, Facts } from "../../part/fact.tsx";
import { FindingTable } from "../../part/finding-table.tsx";
import { Hint } from "../../part/hint.tsx";
import { Loaded, Skeleton } from "../../part/loaded.tsx";
import { Moment, RecentMoment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { Unknown } from "../../part/unknown.tsx";
import { useNow } from "../../part/use-now.ts";
import { useTitle } from "../../part/use-title.ts";
import { ActForm } from "./act-form.tsx";
import { AucSection } from "./auc-section.tsx";
import { DeedForm } from "./deed-form.tsx";
import { EscalationSection } from "./escalation-section.tsx";
import { FeatureBars } from "./feature-bars.tsx";
import { FixSection } from "./fix-section.tsx";
import { NotificationSection, TimelineSection } from "./log-section.tsx";
import { ActionSection, RadiusSection } from "./radius-section.tsx";
import { RuleSection } from "./rule-section.tsx";
import { SimilarSection } from "./similar-section.tsx";
import { SliceSection } from "./slice-section.tsx";
import { StepSection } from "./step-section.tsx";
import { SuspectSection } from "./suspect-section.tsx";

/** Newest window first; within a window the surest first. */
function newestFirst(findings: IncidentDetail["evidence"]): IncidentDetail["evidence"] {
  return [...findings].sort((a, b) => b.window.start.localeCompare(a.window.start) || a.pValue - b.pValue);
}

function IncidentHeader(props: { readonly incident: IncidentDetail }): ReactElement {
  const { incident } = props;
  const nowMs = useNow();
  return (
    <>
      <p className="badges">
        <SeverityBadge severity={incident.severity} /> <IncidentStateBadge state={incident.state} />
      </p>
      {incident.diagnosis === null || incident.diagnosis.sentence === incident.title ? null : (
        <p className="sentence">{incident.diagnosis.sentence}</p>
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

/** One incident: what is wrong and where, why, on what evidence, and what was done. */
export function IncidentPage(props: { readonly number: string }): ReactElement {
  useTitle(`Incident ${props.number}`);
  const query = useIncident(props.number);
  return (
    <Loaded query={query} what="the incident" lines={6}>
      {(incident) => (
        <>
          <h1>
            <span className="quiet">Incident {incident.number}</span> {incident.title}
          </h1>
          <IncidentHeader incident={incident} />
          <ActForm incident={incident} />
          <DeedForm incident={incident} />
          <RuleSection number={incident.number} />
          <DiagnosisPart incident={incident} />
          <div className="columns">
            <RadiusSection incident={incident} />
            <ActionSection incident={incident} />
          </div>
          <SimilarSection number={props.number} />
          <Section id="evidence" title="Evidence">
            {incident.evidence.length === 0 ? (
              <Empty>No finding is attached.</Empty>
            ) : (
              <ShowMore items={newestFirst(incident.evidence)} first={20} what="findings">
                {(findings) => (
                  <FindingTable
                    findings={findings}
                    caption="Findings that make up this incident, newest window first"
                  />
                )}
              </ShowMore>
            )}
          </Section>
          <EscalationSection incident={incident.number} />
          <div className="columns">
            <TimelineSection incident={incident} />
            <NotificationSection incident={incident} />
          </div>
        </>
      )}
    </Loaded>
  );
}
