import type { Finding, SegmentValue } from "../finding/finding.ts";
import { monitors } from "../monitor/registry.ts";
import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { Incident } from "./incident.ts";

/** A finding joins an unresolved incident when its window lies at most this many windows outside the incident's stretch. */
const joinWithinWindows = 7;

export type Grouping =
  | { readonly kind: "open"; readonly findings: readonly Finding[] }
  | { readonly kind: "join"; readonly incident: Incident; readonly findings: readonly Finding[] }
  /** Every finding belongs to an incident already: these. */
  | { readonly kind: "known"; readonly incidents: readonly Incident[] }
  | { readonly kind: "nothing" };

/**
 * One page for one problem: findings that no incident holds join a near unresolved incident, or open one. `incidents` are
 * all of the system, newest first, resolved ones too: a restated window finds again what a resolved incident was about,
 * and that must not page anybody a second time. Pure. Cost: O(findings of the window and of the incidents).
 */
export function groupFindings(
  window: Window,
  findings: readonly Finding[],
  incidents: readonly Incident[],
  newestFindingStart: (incident: Incident) => number,
): Grouping {
  if (findings.length === 0) return { kind: "nothing" };
  const ids = new Set(findings.map((finding) => finding.id));
  const holders = incidents.filter(({ findingIds }) => findingIds.some((id) => ids.has(id)));
  const known = new Set(holders.flatMap((incident) => incident.findingIds));
  const fresh = findings.filter((finding) => !known.has(finding.id));
  if (fresh.length === 0) return { kind: "known", incidents: holders };
  const reach = joinWithinWindows * (window.end - window.start);
  // From its first to its newest window: outcomes mature late, so a finding may be about days long inside the stretch.
  const near = incidents.find(
    (incident) =>
      incident.state !== "resolved" &&
      window.start >= incident.since - reach &&
      window.start <= newestFindingStart(incident) + reach,
  );
  return near === undefined ? { kind: "open", findings: fresh } : { kind: "join", incident: near, findings: fresh };
}

/** Layer and owner follow from the finding nearest to the cause: inputs and feeds before scores before outcomes. */
export function leadingFinding(findings: readonly Finding[]): Finding | undefined {
  const rank: Readonly<Record<Finding["monitor"], number>> = {
    // what a source promised and did not keep is a fact, but says less of the slice than a monitor's finding
    "null-rate": 0,
    "new-category": 1,
    // a named fault in how features are computed explains what moves after it
    "training-serving-skew": 0,
    "feature-age": 1,
    "out-of-range": 1,
    probing: 1,
    contract: 1,
    "input-drift": 2,
    "out-of-distribution": 2,
    "multivariate-drift": 3,
    "non-determinism": 3,
    volume: 3,
    "error-rate": 3,
    latency: 3,
    "prediction-drift": 4,
    performance: 5,
    "concept-drift": 5,
    "cohort-consistency": 5,
    "silent-degradation": 6,
    "estimated-performance": 6,
    "slo-burn": 6,
  };
  return [...findings].sort(
    (left, right) => rank[left.monitor] - rank[right.monitor] || right.rows * right.effect - left.rows * left.effect,
  )[0];
}

/** Who is told: the owner of the monitor that found it, else of its area. */
export function ownerOf(system: System, finding: Finding): string {
  return finding.owner ?? system.owners[monitors[finding.monitor].area];
}

/** A first title, before the diagnosis has found the slice. */
export function firstTitle(findings: readonly Finding[]): string {
  const lead = leadingFinding(findings);
  if (lead === undefined) return "Findings";
  if (lead.monitor === "contract") return `The source breaks its promise "${lead.rule}"`;
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
