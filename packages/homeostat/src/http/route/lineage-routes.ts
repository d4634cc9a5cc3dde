import type { Answer, LineageGraph } from "@homeostat/protocol";
import { Fault } from "../../domain/fault.ts";
import { isoOf } from "../../domain/instant.ts";
import { componentKind, type LineageQuestion, type LineageGraph as WalkedGraph } from "../../domain/lineage/lineage.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import { takeLineage } from "../../service/intake/take-lineage.ts";
import { datasetEvents, type OwnEvent, releaseEvents, trainingEvents } from "../../service/learn/own-runs.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { readOpenLineage } from "../lineage/read-open-lineage.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

type LineageRoutes =
  | "lineage"
  | "lineageNodes"
  | "linkLineage"
  | "unlinkLineage"
  | "lineageRun"
  | "sendLineage"
  | "sendLineageBatch"
  | "openLineageEvents";

const mostNames = 100;
/** How much of the surroundings the answer to a link shows. */
const nearby = { direction: "both", depth: 1 } as const;

/** What is made from what. */
export function lineageHandlers(house: House): Pick<Handlers, LineageRoutes> {
  const walk = async (
    question: LineageQuestion,
  ): Promise<{ readonly kind: "ok"; readonly value: LineageGraph } | Refusal> => {
    const graph = await walkLineage(house.lineage, question);
    if (graph !== undefined) return { kind: "ok", value: graphAnswer(graph) };
    const similar = await house.lineage.search(question.node.slice(question.node.indexOf(":") + 1), 5);
    const hint = similar.length === 0 ? "" : ` Similar: ${similar.join(", ")}.`;
    return refused("not-found", `Lineage knows no component ${JSON.stringify(question.node)}.${hint}`);
  };
  return {
    lineage: ({ query }) =>
      walk({
        node: query.node,
        direction: query.direction,
        depth: query.depth,
        ...(query.at === undefined ? {} : { at: Date.parse(query.at) }),
      }),
    lineageNodes: async ({ query }) => ({
      kind: "ok",
      value: { items: [...(await house.lineage.search(query.text, mostNames))] },
    }),
    linkLineage: async ({ body, receivedAt }) => {
      if (body.from === body.to)
        return refused("malformed-body", "A component is not made from itself.", {
          issues: [{ path: "to", expected: "another component than `from`", found: body.to }],
        });
      const { from, to, columns } = body;
      const edge = columns === undefined ? { from, to } : { from, to, columns };
      await house.lineage.record({ at: receivedAt, by: "hand", nodes: [], edges: [edge] });
      return walk({ node: to, ...nearby });
    },
    unlinkLineage: async ({ query, receivedAt }) =>
      (await house.lineage.end(query.from, query.to, receivedAt))
        ? walk({ node: query.to, ...nearby })
        : refused("not-found", `There is no edge from ${query.from} to ${query.to} that still holds.`),
    lineageRun: async ({ path }) => {
      const run = await house.lineage.run(path.run);
      if (run === undefined) return refused("not-found", `No event told of a run ${JSON.stringify(path.run)}.`);
      const { id, job, state, startedAt, endedAt, facets } = run;
      const at = (instant: number | undefined): string | null => (instant === undefined ? null : isoOf(instant));
      return {
        kind: "ok",
        value: { id, job, state, startedAt: at(startedAt), endedAt: at(endedAt), facets: { ...facets } },
      };
    },
    sendLineage: async ({ body }) => {
      const reading = readOpenLineage(body);
      if (reading.kind === "unreadable")
        return refused("malformed-body", `The event cannot be understood at ${reading.issue.path || "its top"}.`, {
          issues: [reading.issue],
        });
      await takeLineage(house, reading.event);
      return { kind: "ok", value: { recorded: true } };
    },
    sendLineageBatch: async ({ body }) => ({ kind: "ok", value: await takeBatch(house, body) }),
    openLineageEvents: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const [datasets, models, releases] = await Promise.all([
        house.datasets.list(system.name),
        house.models.list(system.name),
        house.releases.list(system.name),
      ]);
      const events = [
        ...datasets.flatMap((dataset) => datasetEvents(system, dataset)),
        ...models.flatMap(trainingEvents),
        ...releases.flatMap(releaseEvents),
      ].sort((left, right) => (left.eventTime < right.eventTime ? -1 : left.eventTime > right.eventTime ? 1 : 0));
      return { kind: "ok", value: { items: events.map(ownAnswer) } };
    },
  };
}

function ownAnswer(event: OwnEvent): Answer<"openLineageEvents">["items"][number] {
  const listed = (list: OwnEvent["inputs"]) => list.map((one) => ({ ...one, facets: { ...one.facets } }));
  return {
    ...event,
    run: { ...event.run, facets: { ...event.run.facets } },
    job: { ...event.job, facets: { ...event.job.facets } },
    inputs: listed(event.inputs),
    outputs: listed(event.outputs),
  };
}

/** Each event by itself: one that cannot be taken keeps no other out. */
async function takeBatch(house: House, events: readonly unknown[]): Promise<Answer<"sendLineageBatch">> {
  const failed: { index: number; reason: string; retriable: boolean }[] = [];
  for (const [index, value] of events.entries()) {
    const reading = readOpenLineage(value);
    if (reading.kind === "unreadable") {
      const { path, expected, found } = reading.issue;
      failed.push({ index, reason: `${path || "event"}: expected ${expected}, found ${found}`, retriable: false });
      continue;
    }
    try {
      await takeLineage(house, reading.event);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      failed.push({ index, reason: "it could not be stored", retriable: thrown.retryable });
    }
  }
  const retriable = failed.filter((one) => one.retriable).length;
  const [received, count] = [events.length, failed.length];
  return {
    status: count === 0 ? "success" : count === received ? "failure" : "partial_success",
    summary: { received, successful: received - count, failed: count, retriable, non_retriable: count - retriable },
    failed_events: failed,
  };
}

function graphAnswer(graph: WalkedGraph): LineageGraph {
  return {
    root: graph.root,
    nodes: graph.nodes.map((node) => ({
      name: node.name,
      kind: componentKind(node.name),
      title: node.title ?? null,
      version: node.version ?? null,
      distance: node.distance,
      facts: { ...node.facts },
    })),
    edges: graph.edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      columns: edge.columns.map((step) => ({ ...step })),
      by: edge.by,
      run: edge.run ?? null,
      since: isoOf(edge.since),
      until: edge.until === undefined ? null : isoOf(edge.until),
    })),
    more: graph.more,
  };
}
