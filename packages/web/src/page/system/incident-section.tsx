import type { ReactElement } from "react";
import { useIncidents } from "../../data/incident.ts";
import { IncidentTable } from "../../part/incident-table.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";

/** Incidents of this system. */
export function IncidentSection(props: { readonly system: string }): ReactElement {
  const query = useIncidents(props.system);
  return (
    <Section id="incidents" title="Incidents">
      <Loaded query={query} what="incidents" lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>There has been no incident.</Empty>
          ) : (
            <IncidentTable incidents={items} caption="Incidents of this system, newest first" />
          )
        }
      </Loaded>
    </Section>
  );
}
