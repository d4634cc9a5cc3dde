import type { IncidentDetail, IntakeCounts, WindowSummary } from "@homeostat/protocol";
import type { DemoFlags } from "./demo-flags.ts";

/** What `homeostat replay --json` answers, as far as the demo reads it. */
export interface Replayed {
  readonly predictions: { readonly sent: number; readonly accepted: number; readonly refused: number };
  readonly outcomes: { readonly sent: number; readonly accepted: number; readonly refused: number };
  readonly tookMs: number;
  readonly fault: { readonly rows: number; readonly firstEventTime: string; readonly firstSentAt: string } | null;
}

const count = (value: number): string => value.toLocaleString("en-US");
const day = (iso: string): string => iso.slice(0, 10);
const three = (value: number | null): string => (value === null ? "not measured" : value.toFixed(3));
const dayMs = 86_400_000;

/** The rows on their way: sent, stored, joined. `equal` is what must hold. */
export function countsReport(
  replayed: Replayed,
  counts: IntakeCounts,
): { readonly text: string; readonly equal: boolean } {
  const { predictions, outcomes } = replayed;
  const rows: readonly (readonly [string, number])[] = [
    ["flights replayed: predictions sent", predictions.sent],
    ["predictions stored", counts.predictions.stored],
    ["outcomes sent", outcomes.sent],
    ["outcomes stored", counts.outcomes.stored],
    ["joined: predictions that have their outcome", counts.joined],
  ];
  const equal = rows.every(([, value]) => value === predictions.sent);
  const lines = rows.map(([label, value]) => `  ${label.padEnd(46)}${count(value).padStart(12)}`);
  return {
    text: `${lines.join("\n")}\n  ${equal ? "all equal: nothing was lost, nothing counted twice" : "NOT EQUAL"}\n`,
    equal,
  };
}

/** What the windows were found to be. */
export function windowsReport(windows: readonly WindowSummary[], unfinished: number): string {
  const tally = new Map<string, number>();
  for (const { state, verdict } of windows) {
    const key = state === "evaluated" ? verdict.replaceAll("-", " ") : `still ${state}`;
    tally.set(key, (tally.get(key) ?? 0) + 1);
  }
  const parts = [...tally].map(([verdict, windowsOfIt]) => `${windowsOfIt} ${verdict}`);
  const open = unfinished === 0 ? "" : `\n  ${unfinished} windows were not evaluated in the time allowed`;
  return `  ${windows.length} daily windows: ${parts.join(", ")}${open}\n`;
}

/** Whether incidents were opened where there was a fault, and only there. */
export function incidentsVerdict(
  incidents: readonly IncidentDetail[],
  flags: DemoFlags,
): { readonly text: string; readonly asWanted: boolean } {
  const opened =
    incidents.length === 0
      ? "no incident was opened"
      : `${incidents.length} ${incidents.length === 1 ? "incident was" : "incidents were"} opened`;
  if (flags.fault === "none")
    return { text: `${opened}, and there was nothing to find`, asWanted: incidents.length === 0 };
  const early = incidents.filter(({ detectedAtEventTime }) => Date.parse(detectedAtEventTime) <= Date.parse(flags.at));
  const text = early.length === 0 ? opened : `${opened}, ${early.length} of them before the fault began`;
  return { text, asWanted: incidents.length > 0 && early.length === 0 };
}

/** An incident as the API tells it. */
export function incidentReport(incident: IncidentDetail, flags: DemoFlags, replayed: Replayed): string {
  const { diagnosis } = incident;
  const lines = [
    `Incident ${incident.number} (${incident.severity}, ${incident.layer}), owner ${incident.owner}`,
    `  ${diagnosis?.sentence ?? incident.title}`,
    ...detectionLines(incident, flags, replayed),
    ...(diagnosis === null
      ? ["  its diagnosis did not finish in the time allowed"]
      : [...sliceLines(diagnosis, featureOf(incident)), ...causeLines(diagnosis)]),
  ];
  return `${lines.join("\n")}\n`;
}

function detectionLines(incident: IncidentDetail, flags: DemoFlags, { fault }: Replayed): readonly string[] {
  const detected = Date.parse(incident.detectedAtEventTime);
  const lines = [
    `  since ${day(incident.since)}, detected with the window that ended ${day(incident.detectedAtEventTime)}`,
  ];
  if (fault === null || detected < Date.parse(flags.at)) return lines;
  const windows = Math.ceil((detected - Date.parse(fault.firstEventTime)) / dayMs);
  const seconds = (Date.parse(incident.openedAt) - Date.parse(fault.firstSentAt)) / 1_000;
  const plural = windows === 1 ? "window" : "windows";
  return [
    ...lines,
    `  ${windows} daily ${plural} after the fault began in event time; ${seconds.toFixed(1)} s after its first row was sent`,
  ];
}

type Diagnosis = NonNullable<IncidentDetail["diagnosis"]>;

function sliceLines({ slice }: Diagnosis, feature: string): readonly string[] {
  if (slice === null) return [`  feature  ${feature}`, "  slice    none: it concerns all rows alike"];
  const where = slice.segment === null ? "all rows" : `${slice.segment.name} in ${slice.values.join(", ")}`;
  const size = `${count(slice.rows)} rows, ${(100 * slice.share).toFixed(1)} % of all`;
  return [
    `  slice    ${where} (${slice.rows === 0 ? "no rows arrive under these values any more" : size})`,
    `  feature  ${feature}`,
    `  PSI      ${three(slice.slicePsi)} on the slice; ${three(slice.globalPsi)} over all rows`,
    `  AUC      ${three(slice.baselineAuc)} to ${three(slice.auc)} on the slice; ${three(slice.globalBaselineAuc)} to ${three(slice.globalAuc)} over all rows`,
  ];
}

/** The feature that moved most on the slice; where the slice has no rows left, the one the findings are about. */
function featureOf({ diagnosis, evidence }: IncidentDetail): string {
  const found = evidence.find(({ feature }) => feature !== null)?.feature;
  return diagnosis?.features[0]?.feature ?? found ?? "none";
}

function causeLines({ namedCause, suspects }: Diagnosis): readonly string[] {
  const others = suspects.filter((suspect) => suspect !== namedCause && suspect.change?.id !== namedCause?.change?.id);
  const runnerUp = others[0];
  const second = runnerUp === undefined ? "" : `  next     ${suspectText(runnerUp)}`;
  const first =
    namedCause === null
      ? "  cause    no logged change is likely enough to be named"
      : `  cause    ${suspectText(namedCause)}`;
  return second === "" ? [first] : [first, second];
}

function suspectText({ change, posterior }: Diagnosis["suspects"][number]): string {
  const share = `${(100 * posterior).toFixed(1)} %`;
  return change === null
    ? `none of the logged changes, ${share}`
    : `${change.component}: "${change.title}" (${day(change.time)}), ${share}`;
}
