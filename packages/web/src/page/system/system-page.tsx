import type { SystemDetail, WindowSummary } from "@homeostat/protocol";
import { type ReactElement, useCallback, useMemo } from "react";
import { useChanges } from "../../data/change.ts";
import { useWindows } from "../../data/sensing.ts";
import { useSystem } from "../../data/system.ts";
import { changeMarkers } from "../../part/change-list.tsx";
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
      <CoverageSection {...sensing} markers={markers} />
      <LabelLagSection {...sensing} />
      <OutcomeSection {...sensing} />
      <ChangeSection query={changes} />
      <FindingSection system={system.name} range={range} />
      <MonitorSection system={system.name} />
      <FailureModeSection system={system.name} />
      <CountsSection system={system.name} />
      <ReleaseSection system={system.name} />
      <FeatureSection system={system} />
    </>
  );
}

const parts = [
  ["health", "Health"],
  ["incidents", "Incidents"],
  ["objectives", "Objectives"],
  ["drift", "Drift"],
  ["performance", "Performance"],
  ["estimates", "Estimates"],
  ["coverage", "Labels"],
  ["label-lag", "Label lag"],
  ["outcomes", "Business"],
  ["changes", "Changes"],
  ["findings", "Findings"],
  ["monitors", "Monitors"],
  ["failure-modes", "What is watched"],
  ["rows", "Rows"],
  ["releases", "Releases"],
  ["features", "Features"],
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
            <nav className="contents" aria-label="On this page">
              {parts.map(([id, word]) => (
                <a key={id} href={`#${id}`}>
                  {word}
                </a>
              ))}
            </nav>
            <Loaded query={windows} what="windows" lines={6}>
              {({ items }) => <SystemBody system={detail} windows={items} />}
            </Loaded>
          </>
        )}
      </Loaded>
    </>
  );
}
