import type { IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Fact, Facts } from "../../part/fact.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { formatCount } from "../../text/number.ts";

type Radius = NonNullable<IncidentDetail["blastRadius"]>;

const most = 5;

const named = (values: readonly { readonly value: string; readonly rows: number }[]): string =>
  values
    .slice(0, most)
    .map(({ value, rows }) => `${value} (${formatCount(rows)})`)
    .join(", ");

function RadiusFacts(props: { readonly radius: Radius }): ReactElement {
  const { radius } = props;
  const segments = [...new Set(radius.segments.map(({ segment }) => segment))];
  return (
    <Facts>
      <Fact name="Answers given in the slice">{formatCount(radius.rows)}</Fact>
      <Fact name="Since (event time)">
        <Moment at={radius.from} absent="" />
      </Fact>
      <Fact name="Callers">{named(radius.callers) || "nobody has asked since"}</Fact>
      {radius.cohorts.length === 0 ? null : <Fact name="Cohorts">{named(radius.cohorts)}</Fact>}
      {segments.map((name) => (
        <Fact key={name} name={`By ${name}`}>
          {named(radius.segments.filter(({ segment }) => segment === name))}
        </Fact>
      ))}
      <Fact name="Downstream by lineage">
        {radius.downstream.map(({ component }) => component).join(", ") || "nothing that lineage knows of"}
      </Fact>
    </Facts>
  );
}

/** Whom it concerns: answers given since it began, and what is made from them. */
export function RadiusSection(props: { readonly incident: IncidentDetail }): ReactElement {
  const { blastRadius } = props.incident;
  return (
    <Section id="radius" title="Blast radius">
      {blastRadius === null ? (
        <Empty>There is no baseline to tell the slice by, so nothing was counted.</Empty>
      ) : (
        <RadiusFacts radius={blastRadius} />
      )}
    </Section>
  );
}
