import type { Diagnosis, IncidentDetail, IncidentSummary } from "@homeostat/protocol";
import { countText, durationText, instantText, numberText, shareText, unknownMark } from "./format-value.ts";
import { renderFacts, renderTable } from "./table.ts";
import type { Colors, Terminal } from "./terminal.ts";

export function severityText(severity: IncidentSummary["severity"], colors: Colors): string {
  return severity === "critical" ? colors.red(severity) : colors.yellow(severity);
}

export function stateText(state: IncidentSummary["state"], colors: Colors): string {
  return state === "open" ? colors.bold(state) : state;
}

const shownFeatures = 8;
const shownSuspects = 5;
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
  return head + facts + diagnosis + findingsText(incident, terminal) + timelineText(incident, terminal);
}

const heading = (text: string, colors: Colors): string => `\n${colors.bold(text)}\n`;

function diagnosisText(diagnosis: Diagnosis, terminal: Terminal): string {
  const { colors } = terminal;
  const steps = diagnosis.steps.map((step) => [
    String(step.step),
    step.title,
    step.status === "done"
      ? step.verdict
      : `${step.status.replaceAll("-", " ")}${step.verdict === "" ? "" : `: ${step.verdict}`}`,
  ]);
  return [
    heading(`Diagnosis (${durationText(diagnosis.tookMs)})`, colors),
    `${diagnosis.sentence}\n`,
    "\n",
    renderTable(
      [
        { head: "Step", align: "right" },
        { head: "Question", wraps: true },
        { head: "Answer", wraps: true },
      ],
      steps,
      terminal,
    ),
    sliceText(diagnosis, terminal),
    featuresText(diagnosis, terminal),
    suspectsText(diagnosis, terminal),
  ].join("");
}

function sliceText({ slice }: Diagnosis, terminal: Terminal): string {
  if (slice === null) return "";
  const where = slice.segment === null ? "all rows" : `${slice.segment.name} in ${slice.values.join(", ")}`;
  const unknown = `${unknownMark} not measured`;
  const rows = [
    [
      "AUC",
      numberText(slice.baselineAuc, unknown),
      numberText(slice.auc, unknown),
      numberText(slice.globalBaselineAuc, unknown),
      numberText(slice.globalAuc, unknown),
    ],
    ["PSI of the feature", "", numberText(slice.slicePsi, unknown), "", numberText(slice.globalPsi, unknown)],
  ];
  const title = `Slice: ${where} (${countText(slice.rows)} rows, ${shareText(slice.share)} of all)`;
  const columns = [
    { head: "" },
    { head: "Slice before", align: "right" },
    { head: "Slice now", align: "right" },
    { head: "All before", align: "right" },
    { head: "All now", align: "right" },
  ] as const;
  return heading(title, terminal.colors) + renderTable(columns, rows, terminal);
}

function featuresText({ features }: Diagnosis, terminal: Terminal): string {
  if (features.length === 0) return "";
  const table = renderTable(
    [
      { head: "Feature on the slice" },
      { head: "PSI", align: "right" },
      { head: "By chance", align: "right" },
      { head: "p", align: "right" },
      { head: "Rows", align: "right" },
    ],
    features
      .slice(0, shownFeatures)
      .map((cell) => [
        cell.feature,
        numberText(cell.psiDebiased ?? cell.psi, `${unknownMark} ${cell.state.replaceAll("-", " ")}`),
        numberText(cell.expectedByChance),
        numberText(cell.pValue),
        countText(cell.rows),
      ]),
    terminal,
  );
  return `\n${table}`;
}

function suspectsText(diagnosis: Diagnosis, terminal: Terminal): string {
  if (diagnosis.suspects.length === 0) return "";
  const named = diagnosis.namedCause?.change ?? null;
  const verdict =
    named === null
      ? "Cause: no logged change is likely enough to be named"
      : `Cause: ${named.component}, "${named.title}"`;
  const table = renderTable(
    [
      { head: "Probability", align: "right" },
      { head: "Change", wraps: true },
      { head: "Why", wraps: true },
    ],
    diagnosis.suspects
      .slice(0, shownSuspects)
      .map((suspect) => [
        shareText(suspect.posterior),
        suspect.change === null
          ? "none of the logged changes"
          : `${suspect.change.component}: ${suspect.change.title} (${instantText(suspect.change.time)})`,
        suspect.why.join("; "),
      ]),
    terminal,
  );
  return heading(verdict, terminal.colors) + table;
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
