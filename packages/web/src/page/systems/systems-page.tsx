import type { ReactElement } from "react";
import { useIncidents } from "../../data/incident.ts";
import { useSystems } from "../../data/system.ts";
import { IncidentTable } from "../../part/incident-table.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";
import { NoSystems } from "./no-systems.tsx";
import { SystemTable } from "./system-table.tsx";

/** The first page: what is wrong now, then every system. */
export function SystemsPage(): ReactElement {
  useTitle("Systems");
  const systems = useSystems();
  const incidents = useIncidents(null);
  return (
    <>
      <h1>Systems</h1>
      <Section id="open-incidents" title="Open incidents">
        <Loaded query={incidents} what="incidents" lines={2}>
          {({ items }) => {
            const unresolved = items.filter((incident) => incident.state !== "resolved");
            return unresolved.length === 0 ? (
              <Empty>No incident is open.</Empty>
            ) : (
              <IncidentTable incidents={unresolved} caption="Incidents that are not resolved, newest first" />
            );
          }}
        </Loaded>
      </Section>
      <Section id="systems" title="Systems under care">
        <Loaded query={systems} what="systems" lines={4}>
          {({ items }) => (items.length === 0 ? <NoSystems /> : <SystemTable systems={items} />)}
        </Loaded>
      </Section>
    </>
  );
}
