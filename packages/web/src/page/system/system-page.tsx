import type { SystemDetail, WindowSummary } from "@homeostat/protocol";
import { type ReactElement, useCallback, useMemo } from "react";
import { useChanges } from "../../data/change.ts";
import { useWindows } from "../../data/sensing.ts";
import { useSystem } from "../../data/system.ts";
import { changeMarkers } from "../../part/change-list.tsx";
import { Contents } from "../../part/contents.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { useTitle } from "../../part/use-title.ts";
import { formatWindow } from "../../text/time.ts";
import { ChangeSection } from "./change-section.tsx";
import { CountsSection } from "./counts-section.tsx";
import { CoverageSection } from "./coverage-section.tsx";
import { DriftSection } from "./drift-section.tsx";
import { EstimateSection } from "./estimate-section.tsx";
import { FailureModeSection } from "./failure-mode-section.tsx";
import { FeatureSection } from "./feature-section.tsx";
import { FindingSection } from "./finding-section.tsx";
import { HealthSection } from "./health-section.tsx";
import { IncidentSection } from "./incident-section.tsx";
import { LabelLagSection } from "./label-lag-section.tsx";
import { MonitorSection } from "./monitor-section.tsx";
import { ObjectiveSection } from "./objective-section.tsx";
import { OutcomeSection } from "./outcome-section.tsx";
import { PerformanceSection } from "./performance-section.tsx";
import { ReleaseSection } from "./release-section.tsx";
import { SystemHeader } from "./system-header.tsx";
import { firstChoice, shownWindows, useRange, useView } from "./use-view.ts";

function SystemBody(props: {
  readonly system: SystemDetail;
  readonly windows: readonly WindowSummary[];
}): ReactElement {
  const { system, windows } = props;
  const view = useView();
  const shown = useMemo(() => shownWindows(windows, view.count), [windows, view.count]);
  const range = useRange(shown);
  const changes = useChanges(system.name);
  const markers = useMemo(() => changeMarkers(changes.data?.items ?? []), [changes.data]);
  const { lengthMs } = system.windows;
  const nameWindow = useCallback((startIso: string) => formatWindow(startIso, lengthMs), [lengthMs]);
  const chosen = shown.find((window) => window.start === view.window) ?? firstChoice(shown);
  const sensing = { system, windows: shown, range, nameWindow, view };
  return (
    <>
      <HealthSection {...sensing} chosen={chosen} />
      <IncidentSection system={system.name} />
      <ObjectiveSection system={system.name} />
      <DriftSection {...sensing} markers={markers} />
      <PerformanceSection {...sensing} chosen={chosen} markers={markers} />
      <EstimateSection {...sensing} />
      <FindingSection system={system.name} range={range} />
      <ChangeSection query={changes} />
      <MonitorSection system={system.name} />
      <FailureModeSection system={system.name} />
      <CoverageSection {...sensing} markers={markers} />
      <LabelLagSection {...sensing} />
      <OutcomeSection {...sensing} />
      <CountsSection system={system.name} />
      <ReleaseSection system={system.name} />
      <FeatureSection system={system} />
    </>
  );
}

const parts = [
  {
    group: "How it is",
    sections: [
      { id: "health", name: "Health" },
      { id: "incidents", name: "Incidents" },
      { id: "objectives", name: "Objectives" },
    ],
  },
  {
    group: "What is seen",
    sections: [
      { id: "drift", name: "Drift" },
      { id: "performance", name: "Performance" },
      { id: "estimates", name: "Estimates" },
      { id: "findings", name: "Findings" },
      { id: "changes", name: "Changes" },
    ],
  },
  {
    group: "What watches",
    sections: [
      { id: "monitors", name: "Monitors" },
      { id: "failure-modes", name: "Failure modes" },
    ],
  },
  {
    group: "What it stands on",
    sections: [
      { id: "coverage", name: "Labels" },
      { id: "label-lag", name: "Label lag" },
      { id: "outcomes", name: "Business" },
      { id: "rows", name: "Rows" },
      { id: "releases", name: "Releases" },
      { id: "features", name: "Features" },
    ],
  },
] as const;

/** Everything about one system, from the verdict down to the SQL of its features. */
export function SystemPage(props: { readonly name: string }): ReactElement {
  useTitle(props.name);
  const system = useSystem(props.name);
  const windows = useWindows(props.name);
  return (
    <>
      <h1>{props.name}</h1>
      <Loaded query={system} what="the system" lines={4}>
        {(detail) => (
          <>
            <SystemHeader system={detail} />
            <Contents groups={parts} />
            <Loaded query={windows} what="windows" lines={6}>
              {({ items }) => <SystemBody system={detail} windows={items} />}
            </Loaded>
          </>
        )}
      </Loaded>
    </>
  );
}
