import type { Finding } from "../finding/finding.ts";
import { ownerOf } from "../incident/group-findings.ts";
import { monitors } from "../monitor/registry.ts";
import type { System } from "../system/system.ts";
import type { Alert } from "./alert.ts";

/** The alert of a finding. */
export function alertOf(system: System, incident: number, finding: Finding): Alert {
  const { segment, feature } = finding;
  return {
    id: finding.id,
    incident,
    labels: {
      system: system.name,
      area: monitors[finding.monitor].area,
      owner: ownerOf(system, finding),
      monitor: finding.monitor,
      layer: finding.layer,
      severity: finding.severity,
      metric: finding.metric,
      source: system.source.component,
      ...(feature === undefined ? {} : { feature }),
      ...(segment === undefined ? {} : { [`segment.${segment.name}`]: segment.value }),
    },
  };
}
