import type { IncidentSummary } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useSearchParams } from "wouter";
import { useIncidents } from "../../data/incident.ts";
import { useSystems } from "../../data/system.ts";
import { Choice } from "../../part/choice.tsx";
import { IncidentTable } from "../../part/incident-table.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";

const filters = {
  unresolved: { word: "Open and acknowledged", keeps: (incident: IncidentSummary) => incident.state !== "resolved" },
  open: { word: "Open", keeps: (incident: IncidentSummary) => incident.state === "open" },
  resolved: { word: "Resolved", keeps: (incident: IncidentSummary) => incident.state === "resolved" },
  all: { word: "All", keeps: () => true },
} as const;

type FilterName = keyof typeof filters;
const isFilter = (text: string | null): text is FilterName => text !== null && Object.hasOwn(filters, text);

/** Incidents by state and system; what is chosen stands in the address, so that it can be sent to somebody. */
export function IncidentsPage(): ReactElement {
  useTitle("Incidents");
  const [search, setSearch] = useSearchParams();
  const systems = useSystems();
  const system = search.get("system");
  const asked = search.get("state");
  const filter: FilterName = isFilter(asked) ? asked : "all";
  const incidents = useIncidents(system);

  const choose = (name: string, value: string): void =>
    setSearch(
      (previous) => {
        const next = new URLSearchParams(previous);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <h1>Incidents</h1>
      <div className="controls">
        <Choice name="State" value={filter} onChoose={(state) => choose("state", state)}>
          {Object.entries(filters).map(([name, { word }]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </Choice>
        <Choice name="System" value={system ?? ""} onChoose={(name) => choose("system", name)}>
          <option value="">Every system</option>
          {(systems.data?.items ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Choice>
      </div>
      <Loaded query={incidents} what="incidents" lines={5}>
        {({ items }) => {
          const kept = items.filter(filters[filter].keeps);
          return kept.length === 0 ? (
            <Empty>
              {items.length === 0
                ? "There has been no incident. One opens when a finding is both real by the tests and large enough to matter."
                : "No incident in this state."}
            </Empty>
          ) : (
            <IncidentTable incidents={kept} caption={`${filters[filter].word}, newest first`} />
          );
        }}
      </Loaded>
    </>
  );
}
