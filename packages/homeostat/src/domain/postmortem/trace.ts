import { inverseDocumentFrequency } from "../../stats/text/bm25.ts";
import type { Finding } from "../finding/finding.ts";
import type { Incident } from "../incident/incident.ts";

/** What an incident was about, as short marks that two incidents may share, and as text. */
export interface IncidentTrace {
  readonly incident: number;
  readonly system: string;
  /** `family:what`, e.g. `slice:origin=ATL`, `feature:departure_hour`, `monitor:input-drift`. */
  readonly marks: readonly string[];
  /** What is searched: title, diagnosis, cause, and the newest postmortem. */
  readonly text: string;
}

/** How much a shared mark of a family says about two incidents being alike. */
const families = {
  component: { weight: 4, word: "the same cause on" },
  slice: { weight: 3, word: "the slice" },
  feature: { weight: 3, word: "the feature" },
  monitor: { weight: 1.5, word: "the monitor" },
  segment: { weight: 1, word: "the segment" },
  system: { weight: 1, word: "the system" },
  layer: { weight: 0.5, word: "the layer" },
} as const;
type Family = keyof typeof families;

/** Marks that say where and what, not only which system or layer: without one of them nothing is alike. */
const telling: ReadonlySet<Family> = new Set(["component", "slice", "feature", "monitor"]);
const mostFeatures = 5;
const mostValues = 50;

/** The trace of an incident from its findings and diagnosis; a cause that people linked counts before the named one. Pure. */
export function traceOf(
  incident: Incident,
  findings: readonly Finding[],
  postmortem: string | undefined,
): IncidentTrace {
  const { diagnosis, linkedCause } = incident;
  const slice = diagnosis?.slice;
  const component = linkedCause?.component ?? diagnosis?.namedCause?.change?.component;
  const lead = diagnosis?.features[0]?.feature;
  const features = new Set(findings.flatMap(({ feature }) => (feature === undefined ? [] : [feature])));
  if (lead !== undefined) features.add(lead);
  const segment = slice?.segment;
  const values = segment === undefined ? [] : (slice?.values ?? []).slice(0, mostValues);
  const marks = [
    `system:${incident.system}`,
    `layer:${incident.layer}`,
    ...new Set(findings.map(({ monitor }) => `monitor:${monitor}`)),
    ...[...features].slice(0, mostFeatures).map((feature) => `feature:${feature}`),
    ...(segment === undefined ? [] : [`segment:${segment.name}`]),
    ...values.map((value) => `slice:${segment?.name}=${value}`),
    ...(component === undefined ? [] : [`component:${component}`]),
  ];
  const text = [
    incident.title,
    diagnosis?.sentence ?? "",
    linkedCause === undefined ? "" : `${linkedCause.title} ${linkedCause.component} ${linkedCause.note}`,
    diagnosis?.namedCause?.change?.title ?? "",
    incident.falseAlarm?.reason ?? "",
    marks.join(" "),
    postmortem ?? "",
  ];
  return { incident: incident.number, system: incident.system, marks, text: text.filter(Boolean).join("\n") };
}

export interface Likeness {
  readonly incident: number;
  /** Share of what is known of the asked incident that the other has too, weighed by how telling and rare it is; 0..1. */
  readonly score: number;
  /** What they share, in words. */
  readonly shared: readonly string[];
}

/** Below this two incidents are not called alike. */
const least = 0.25;

/**
 * Past incidents like this one, nearest first. A shared mark weighs by its family and by how few incidents have it, so the
 * same airport says more than the same monitor. Incidents that share only system, segment or layer are not alike.
 * `documents` are all traces there are. Pure. Cost: O(others × marks).
 */
export function likeIncidents(
  asked: Pick<IncidentTrace, "incident" | "marks">,
  others: readonly Pick<IncidentTrace, "incident" | "marks">[],
  documents: number,
): readonly Likeness[] {
  const holding = new Map<string, number>();
  for (const { marks } of others) for (const mark of new Set(marks)) holding.set(mark, (holding.get(mark) ?? 0) + 1);
  const weight = (mark: string): number =>
    families[familyOf(mark)].weight *
    shareOf(asked.marks, mark) *
    inverseDocumentFrequency(Math.max(documents, others.length) + 1, (holding.get(mark) ?? 0) + 1);
  const whole = asked.marks.reduce((sum, mark) => sum + weight(mark), 0);
  if (whole === 0) return [];
  return others
    .filter(({ incident }) => incident !== asked.incident)
    .map(({ incident, marks }) => {
      const theirs = new Set(marks);
      const shared = asked.marks.filter((mark) => theirs.has(mark));
      const tells = shared.some((mark) => telling.has(familyOf(mark)));
      const score = tells ? shared.reduce((sum, mark) => sum + weight(mark), 0) / whole : 0;
      return { incident, score, shared: sharedWords(shared) };
    })
    .filter(({ score }) => score >= least)
    .sort((left, right) => right.score - left.score || right.incident - left.incident);
}

/** A slice of ten airports weighs as much as one of a single airport. */
function shareOf(marks: readonly string[], mark: string): number {
  const family = familyOf(mark);
  return 1 / marks.filter((other) => familyOf(other) === family).length;
}

function familyOf(mark: string): Family {
  const family = mark.slice(0, mark.indexOf(":"));
  return Object.hasOwn(families, family) ? (family as Family) : "layer";
}

const mostNamed = 3;

function sharedWords(marks: readonly string[]): readonly string[] {
  return (Object.keys(families) as Family[]).flatMap((family) => {
    const values = marks.filter((mark) => familyOf(mark) === family).map((mark) => mark.slice(family.length + 1));
    if (values.length === 0) return [];
    const more = values.length > mostNamed ? ` and ${values.length - mostNamed} more` : "";
    return [`${families[family].word} ${values.slice(0, mostNamed).join(", ")}${more}`];
  });
}

/** Traces are made from incidents and postmortems and may be made again at any time. */
export interface TraceStore {
  /** Incidents whose trace is missing or older than their timeline or postmortem, at most `most`, oldest first. */
  stale(most: number): Promise<readonly { readonly incident: number; readonly entries: number }[]>;
  /** Keeps a trace as of so many entries of the timeline. */
  save(trace: IncidentTrace, entries: number): Promise<void>;
  get(incident: number): Promise<IncidentTrace | undefined>;
  /** Traces with at least one of the marks, newest incident first. */
  withMarks(marks: readonly string[], most: number): Promise<readonly IncidentTrace[]>;
  /** Traces whose text holds at least one of the words (see `wordCounts`), newest incident first. */
  withWords(words: readonly string[], most: number): Promise<readonly IncidentTrace[]>;
  /** How many there are, and their mean length in words. */
  size(): Promise<{ readonly traces: number; readonly meanWords: number }>;
}
