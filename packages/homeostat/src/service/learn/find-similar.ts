import type { FindingStore } from "../../domain/finding/finding.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { PostmortemStore } from "../../domain/postmortem/postmortem.ts";
import {
  type IncidentTrace,
  type Likeness,
  likeIncidents,
  type TraceStore,
  traceOf,
} from "../../domain/postmortem/trace.ts";
import { bm25, wordCounts } from "../../stats/text/bm25.ts";

export interface SimilarPorts {
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly postmortems: PostmortemStore;
  readonly traces: TraceStore;
}

/** Traces made anew in one go, and past incidents looked at: more are older than anybody remembers. */
const mostRefreshed = 500;
const mostCandidates = 2_000;

/** Makes the traces anew that are missing or old. Cheap when nothing happened since: one look-up. */
async function refreshTraces(ports: SimilarPorts): Promise<void> {
  for (const { incident: number, entries } of await ports.traces.stale(mostRefreshed)) {
    const incident = await ports.incidents.get(number);
    if (incident === undefined) continue;
    const findings = (await ports.findings.byIds(incident.findingIds)).filter(
      ({ withdrawnAt }) => withdrawnAt === undefined,
    );
    const postmortem = await ports.postmortems.get(number);
    await ports.traces.save(traceOf(incident, findings, postmortem?.markdown), entries);
  }
}

/** Past incidents like one, nearest first, of the systems that may be seen; undefined when there is no such incident. */
export async function findSimilar(
  ports: SimilarPorts,
  number: number,
  { most, systems }: { readonly most: number; readonly systems: readonly string[] | undefined },
): Promise<readonly Likeness[] | undefined> {
  await refreshTraces(ports);
  const asked = await ports.traces.get(number);
  if (asked === undefined) return undefined;
  const [candidates, { traces }] = await Promise.all([
    ports.traces.withMarks(asked.marks, mostCandidates),
    ports.traces.size(),
  ]);
  return likeIncidents(asked, candidates.filter(visibleTo(systems)), traces).slice(0, most);
}

const visibleTo =
  (systems: readonly string[] | undefined) =>
  ({ system }: IncidentTrace): boolean =>
    systems === undefined || systems.includes(system);

export interface TextMatch {
  readonly incident: number;
  /** BM25: higher is nearer; only the order within one search means something. */
  readonly score: number;
  /** Words of the question that it holds. */
  readonly words: readonly string[];
}

/** Past incidents and their postmortems by a text, nearest first. Cost: one look-up by word, then arithmetic. */
export async function searchIncidents(
  ports: SimilarPorts,
  text: string,
  asked: { readonly most: number; readonly systems: readonly string[] | undefined },
): Promise<readonly TextMatch[]> {
  await refreshTraces(ports);
  const question = [...wordCounts(text).words.keys()];
  const [candidates, size] = await Promise.all([ports.traces.withWords(question, mostCandidates), ports.traces.size()]);
  const documents = candidates.map((trace) => ({ trace, counts: wordCounts(trace.text) }));
  const holding = new Map(
    question.map((word) => [word, documents.filter(({ counts }) => counts.words.has(word)).length]),
  );
  const corpus = {
    documents: Math.max(size.traces, documents.length),
    meanLength: size.meanWords,
    holding: (word: string) => holding.get(word) ?? 0,
  };
  return documents
    .filter(({ trace }) => visibleTo(asked.systems)(trace))
    .map(({ trace, counts }) => ({
      incident: trace.incident,
      score: bm25(question, counts, corpus),
      words: question.filter((word) => counts.words.has(word)),
    }))
    .sort((left, right) => right.score - left.score || right.incident - left.incident)
    .slice(0, asked.most);
}
