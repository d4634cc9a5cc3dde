import type { Finding, SegmentValue } from "../finding/finding.ts";
import { monitors } from "../monitor/registry.ts";
import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { Incident } from "./incident.ts";

/** A finding joins an unresolved incident whose newest finding is at most this many windows older. */
const joinWithinWindows = 7;

export type Grouping =
  | { readonly kind: "open"; readonly findings: readonly Finding[] }
  | { readonly kind: "join"; readonly incident: Incident; readonly findings: readonly Finding[] }
  | { readonly kind: "nothing" };

/** One page for one problem: new findings of a system join its unresolved incident, or open one. Pure. */
export function groupFindings(
  window: Window,
  findings: readonly Finding[],
  unresolved: readonly Incident[],
  newestFindingStart: (incident: Incident) => number,
): Grouping {
  if (findings.length === 0) return { kind: "nothing" };
  const reach = joinWithinWindows * (window.end - window.start);
  const near = unresolved.find((incident) => Math.abs(window.start - newestFindingStart(incident)) <= reach);
  if (near === undefined) return { kind: "open", findings };
  const known = new Set(near.findingIds);
  const fresh = findings.filter((finding) => !known.has(finding.id));
  return fresh.length === 0 ? { kind: "nothing" } : { kind: "join", incident: near, findings: fresh };
}

/** Layer and owner follow from the finding nearest to the cause: inputs and feeds before scores before outcomes. */
export function leadingFinding(findings: readonly Finding[]): Finding | undefined {
  const rank: Readonly<Record<Finding["monitor"], number>> = {
    "null-rate": 0,
    "new-category": 1,
    "input-drift": 2,
    volume: 3,
    "prediction-drift": 4,
    performance: 5,
  };
  return [...findings].sort(
    (left, right) => rank[left.monitor] - rank[right.monitor] || right.rows * right.effect - left.rows * left.effect,
  )[0];
}

export function ownerOf(system: System, finding: Finding): string {
  return system.owners[monitors[finding.monitor].area];
}

/** A first title, before the diagnosis has found the slice. */
export function firstTitle(findings: readonly Finding[]): string {
  const lead = leadingFinding(findings);
  if (lead === undefined) return "Findings";
  const alike = findings.filter(
    (finding) => finding.monitor === lead.monitor && finding.feature === lead.feature && finding.segment !== undefined,
  );
  const where =
    alike.length === 0
      ? segmentText(lead.segment)
      : alike
          .map((finding) => segmentText(finding.segment))
          .slice(0, 5)
          .join(", ");
  return `${lead.feature === undefined ? lead.metric : `\`${lead.feature}\``} (${lead.monitor.replaceAll("-", " ")}) in ${where}`;
}

function segmentText(segment: SegmentValue | undefined): string {
  return segment === undefined ? "all rows" : `${segment.name}=${segment.value}`;
}
