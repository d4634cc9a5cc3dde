import type { Finding, MonitorKind } from "../finding/finding.ts";
import { leadingFinding } from "../incident/group-findings.ts";
import type { Incident } from "../incident/incident.ts";
import type { Link } from "./message.ts";

/** Where a person reads what to do, as declared for what was found, the leading finding's first. */
export function runbooksOf(findings: readonly Finding[]): readonly Link[] {
  const lead = leadingFinding(findings);
  const declared = [...(lead === undefined ? [] : [lead]), ...findings].flatMap(({ runbook }) =>
    runbook === undefined ? [] : [runbook],
  );
  return [...new Set(declared)].slice(0, mostRunbooks).map((href) => ({ label: "Runbook", href }));
}

const mostRunbooks = 3;

/** What to do for what a monitor found, where no cause is named. */
const byMonitor: Readonly<Partial<Record<MonitorKind, string>>> = {
  contract: "ask the provider of the source why the promise was broken, and look at the source's page",
  "null-rate": "ask the provider of the field why it arrives missing",
  "new-category": "ask the provider whether the new values are meant; if they are, retrain with them",
  "input-drift": "look whether the input was changed upstream; if the world itself changed, retrain on newer rows",
  "prediction-drift": "compare the inputs of the slice with the baseline, to see whether the model or its inputs moved",
  volume: "look whether the sender of these rows still sends them",
  performance: "decide whether this release may go on answering for the slice",
};

/** What the release before may answer better. Where inputs changed, it was trained on the same kind of rows and helps nobody. */
const rollsBack: ReadonlySet<string> = new Set<MonitorKind>(["performance", "prediction-drift"]);

const otherwise = "look at the incident's page and decide who must act";

/**
 * One sentence: what a person does now. A named cause is undone first; without one the leading finding says where to
 * look. A declared runbook is named before everything else.
 */
export function nextStepOf(scene: { readonly incident: Incident; readonly findings: readonly Finding[] }): string {
  const { incident, findings } = scene;
  const change = incident.diagnosis?.namedCause?.change;
  const lead = leadingFinding(findings);
  const [runbook] = runbooksOf(findings);
  const first = runbook === undefined ? "" : `follow the runbook ${runbook.href}; else `;
  const step =
    change === undefined
      ? ((lead === undefined ? undefined : byMonitor[lead.monitor]) ?? otherwise)
      : `have "${change.title}" on ${change.component} undone or repaired`;
  const isOurs =
    change === undefined ? rollsBack.has(lead?.monitor ?? "") : /^(release|model|pipeline):/.test(change.component);
  const roll = isOurs ? `; \`homeostat release rollback ${incident.system}\` puts the previous release live again` : "";
  return `${first}${step}${roll}. Take it with \`homeostat ack ${incident.number}\`.`;
}
