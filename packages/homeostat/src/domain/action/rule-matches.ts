import type { Finding, SegmentValue } from "../finding/finding.ts";
import type { Incident } from "../incident/incident.ts";
import { monitors } from "../monitor/registry.ts";
import type { ActionCondition, ActionEvent, ActionRule, CauseCondition } from "./action-rule.ts";

/** Whether a rule is about this incident, now that this happened. Pure. */
export function ruleMatches(
  { when }: Pick<ActionRule, "when">,
  event: ActionEvent,
  incident: Incident,
  findings: readonly Finding[],
): boolean {
  if (when.event !== event) return false;
  if (when.layer !== undefined && when.layer !== incident.layer) return false;
  if (when.severity !== undefined && when.severity !== incident.severity) return false;
  const standing = findings.filter((finding) => finding.withdrawnAt === undefined);
  return (
    (asksFindings(when) ? standing.some((finding) => findingMatches(when, finding)) : true) &&
    (when.cause === undefined || causeMatches(when.cause, incident))
  );
}

const asksFindings = ({ monitor, area, segment, feature }: ActionCondition): boolean =>
  [monitor, area, segment, feature].some((part) => part !== undefined);

/** One finding must have all that is asked of findings: the null rate of one airport, not one of each. */
function findingMatches(when: ActionCondition, finding: Finding): boolean {
  const { monitor, area, segment, feature } = when;
  return (
    (monitor === undefined || finding.monitor === monitor || finding.monitorName === monitor) &&
    (area === undefined || monitors[finding.monitor].area === area) &&
    (feature === undefined || finding.feature === feature) &&
    (segment === undefined || segmentMatches(segment, finding.segment))
  );
}

function segmentMatches(wanted: NonNullable<ActionCondition["segment"]>, segment: SegmentValue | undefined): boolean {
  return segment?.name === wanted.name && (wanted.value === undefined || segment.value === wanted.value);
}

function causeMatches({ component, kind, probability }: CauseCondition, incident: Incident): boolean {
  return (incident.diagnosis?.suspects ?? []).some(
    ({ change, posterior }) =>
      change !== undefined &&
      posterior >= probability &&
      (kind === undefined || change.kind === kind) &&
      (component === undefined || componentMatches(component, change.component)),
  );
}

const componentMatches = (wanted: string, component: string): boolean =>
  wanted.endsWith("*") ? component.startsWith(wanted.slice(0, -1)) : component === wanted;
