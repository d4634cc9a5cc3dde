import type { IncidentDetail, IncidentSummary } from "@homeostat/protocol";
import { diagnosisText } from "./diagnosis-text.ts";
import { countText, instantText } from "./format-value.ts";
import { renderFacts } from "./table.ts";
import type { Colors, Terminal } from "./terminal.ts";

export function severityText(severity: IncidentSummary["severity"], colors: Colors): string {
  return severity === "critical" ? colors.red(severity) : colors.yellow(severity);
}

export function stateText(state: IncidentSummary["state"], colors: Colors): string {
  return state === "open" ? colors.bold(state) : state;
}

const shownFindings = 12;

/** The whole of an incident as a page of text: what, where, why, who, and what happened. */
export function incidentText(incident: IncidentDetail, terminal: Terminal): string {
  const { colors } = terminal;
  const head = `${colors.bold(`Incident ${incident.number}: ${incident.title}`)}\n`;
  const facts = renderFacts(
    [
      ["System", incident.system],
      [
        "State",
        stateText(incident.state, colors) +
          (incident.acknowledgedBy === null ? "" : `, acknowledged by ${incident.acknowledgedBy}`),
      ],
      ["Severity", `${severityText(incident.severity, colors)}, layer ${incident.layer}`],
      ["Owner", incident.owner],
      ["Since", `${instantText(incident.since)} in event time`],
      [
        "Detected",
        `${instantText(incident.detectedAtEventTime)} in event time, opened ${instantText(incident.openedAt)}`,
      ],
      ...(incident.falseAlarm === null ? [] : [["False alarm", incident.falseAlarm] as const]),
      ...(incident.linkedCause === null
        ? []
        : [
            [
              "Cause, said by",
              `${incident.linkedCause.by}: "${incident.linkedCause.title}" on ${incident.linkedCause.component}`,
            ] as const,
          ]),
      ...(incident.resolvedAt === null ? [] : [["Resolved", instantText(incident.resolvedAt)] as const]),
    ],
    terminal,
  );
  const diagnosis =
    incident.diagnosis === null ? "\nThe diagnosis is still running.\n" : diagnosisText(incident.diagnosis, terminal);
  return [
    head,
    facts,
    diagnosis,
    radiusText(incident, terminal),
    actionsText(incident, terminal),
    findingsText(incident, terminal),
    timelineText(incident, terminal),
  ].join("");
}

const heading = (text: string, colors: Colors): string => `\n${colors.bold(text)}\n`;

const shownValues = 5;

/** Whom it concerns. */
function radiusText({ blastRadius: radius }: IncidentDetail, { colors }: Terminal): string {
  if (radius === null) return "";
  const named = (values: readonly { readonly value: string; readonly rows: number }[]): string =>
    values
      .slice(0, shownValues)
      .map(({ value, rows }) => `${value} (${countText(rows)})`)
      .join(", ");
  const line = (what: string, said: string): string => (said === "" ? "" : `${what}: ${said}\n`);
  const segments = [...new Set(radius.segments.map(({ segment }) => segment))];
  return [
    heading("Blast radius", colors),
    `${countText(radius.rows)} answers given in the slice since ${instantText(radius.from)}\n`,
    line("Callers", named(radius.callers)),
    line("Cohorts", named(radius.cohorts)),
    ...segments.map((name) => line(name, named(radius.segments.filter(({ segment }) => segment === name)))),
    line(
      "Downstream",
      radius.downstream.length === 0
        ? "nothing that lineage knows of"
        : radius.downstream.map(({ component }) => component).join(", "),
    ),
  ].join("");
}

function actionsText({ actions }: IncidentDetail, { colors }: Terminal): string {
  const lines = actions.map(
    ({ at, text, actor }) => `${instantText(at)}  ${text}${actor === null ? "" : ` (${actor})`}\n`,
  );
  return heading("Actions taken", colors) + (lines.length === 0 ? "none yet\n" : lines.join(""));
}

function findingsText(incident: IncidentDetail, terminal: Terminal): string {
  const { evidence } = incident;
  if (evidence.length === 0) return "";
  const lines = evidence
    .slice(0, shownFindings)
    .map((finding) => `- ${finding.sentence}${finding.withdrawnAt === null ? "" : " (withdrawn)"}\n`);
  const more =
    evidence.length > shownFindings
      ? `  and ${countText(evidence.length - shownFindings)} more (--json has them all)\n`
      : "";
  return heading(`Findings (${countText(evidence.length)})`, terminal.colors) + lines.join("") + more;
}

function timelineText(incident: IncidentDetail, terminal: Terminal): string {
  const entries = incident.timeline.map((entry) => timelineLine(entry)).join("");
  const sent = incident.notifications.map(
    (each) =>
      `${instantText(each.at)}  ${each.channel}: ${each.state}${each.detail === "" ? "" : `, ${each.detail}`}\n`,
  );
  return heading("Timeline", terminal.colors) + entries + sent.join("");
}

/** One line of a timeline. */
export function timelineLine(entry: IncidentDetail["timeline"][number]): string {
  return `${instantText(entry.at)}  ${entry.text}${entry.actor === null ? "" : ` (${entry.actor})`}\n`;
}
