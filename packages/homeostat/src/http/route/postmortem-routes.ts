import type { Postmortem, PostmortemAction, PostmortemSummary, SimilarIncident } from "@homeostat/protocol";
import { stringify } from "yaml";
import type { Incident } from "../../domain/incident/incident.ts";
import { isoOf } from "../../domain/instant.ts";
import { actionsIn } from "../../domain/postmortem/actions-in.ts";
import type { Postmortem as StoredPostmortem } from "../../domain/postmortem/postmortem.ts";
import { findSimilar, searchIncidents } from "../../service/learn/find-similar.ts";
import {
  draftPostmortemOf,
  editPostmortem,
  makeOfAction,
  type PostmortemOutcome,
  publishPostmortem,
} from "../../service/learn/keep-postmortem.ts";
import { type Caller, type Handlers, type Refusal, type Reply, refused } from "../handler.ts";
import { markdownHtml } from "../markdown-html.ts";
import type { House } from "./house.ts";

type PostmortemRoutes =
  | "postmortems"
  | "searchPostmortems"
  | "similarIncidents"
  | "postmortem"
  | "draftPostmortem"
  | "editPostmortem"
  | "publishPostmortem"
  | "makeOfAction";

/** What is learned from incidents: postmortems in versions, past incidents that are alike. */
export function postmortemHandlers(house: House): Pick<Handlers, PostmortemRoutes> {
  const answer = async (outcome: PostmortemOutcome): Promise<Reply<"postmortem">> =>
    outcome.kind === "refused"
      ? refusalOf(outcome)
      : { kind: "ok", value: await postmortemAnswer(house, outcome.postmortem) };
  return {
    postmortems: async ({ query }) => {
      const found = await house.postmortems.list(query.system);
      const wanted = found.filter(({ incident }) => query.incident === undefined || incident === query.incident);
      return { kind: "ok", value: { items: wanted.map(summaryOf) } };
    },
    searchPostmortems: async ({ query, caller }) => {
      const found = await searchIncidents(house, query.text, {
        most: query.limit,
        systems: seen(caller, query.system),
      });
      const items = found.map(({ incident, score, words }) => similarAnswer(house, incident, score, words));
      return { kind: "ok", value: { items: (await Promise.all(items)).flat() } };
    },
    similarIncidents: async ({ path, query, caller }) => {
      const incident = await house.incidents.get(path.number);
      if (incident === undefined || (caller.systems !== undefined && !caller.systems.includes(incident.system)))
        return refused("not-found", `There is no incident ${path.number}.`);
      const found = await findSimilar(house, path.number, { most: query.limit, systems: caller.systems });
      const items = (found ?? []).map((one) => similarAnswer(house, one.incident, one.score, one.shared));
      return { kind: "ok", value: { items: (await Promise.all(items)).flat() } };
    },
    postmortem: async ({ path, query }) => {
      const found = await house.postmortems.get(path.number, query.version);
      if (found === undefined)
        return refused(
          "not-found",
          `Incident ${path.number} has no ${query.version === undefined ? "postmortem" : "such version of a postmortem"}.`,
        );
      return { kind: "ok", value: await postmortemAnswer(house, found) };
    },
    draftPostmortem: async ({ path, body, caller }) =>
      answer(await draftPostmortemOf(house, path.number, caller.name, body.again)),
    editPostmortem: async ({ path, body, caller }) =>
      answer(await editPostmortem(house, path.number, body, caller.name)),
    publishPostmortem: async ({ path, caller }) => answer(await publishPostmortem(house, path.number, caller.name)),
    makeOfAction: async ({ path, body, caller }) => {
      const order = { action: path.action, make: body.make, field: body.field };
      const outcome = await makeOfAction(house, path.number, order, caller.name);
      if (outcome.kind === "refused") return refusalOf(outcome);
      const { document, place, value, words } = outcome.declaration;
      return {
        kind: "ok",
        value: {
          system: outcome.postmortem.system,
          document,
          place: [...place],
          value,
          yaml: stringify([value]),
          words,
        },
      };
    },
  };
}

function refusalOf({ reason, message }: Extract<PostmortemOutcome, { readonly kind: "refused" }>): Refusal {
  const missing = reason === "unknown-incident" || reason === "no-postmortem" || reason === "unknown-action";
  return refused(missing ? "not-found" : "not-possible-now", message);
}

function seen(caller: Caller, system: string | undefined): readonly string[] | undefined {
  if (system === undefined) return caller.systems;
  return caller.systems === undefined || caller.systems.includes(system) ? [system] : [];
}

function summaryOf(postmortem: StoredPostmortem): PostmortemSummary {
  const { incident, system, version, state, title, at, by, markdown } = postmortem;
  const openActions = actionsIn(markdown).filter(({ done }) => !done).length;
  return { incident, system, version, state, title, at: isoOf(at), by, openActions };
}

async function postmortemAnswer(house: House, postmortem: StoredPostmortem): Promise<Postmortem> {
  const versions = await house.postmortems.versions(postmortem.incident);
  return {
    ...summaryOf(postmortem),
    markdown: postmortem.markdown,
    html: markdownHtml(postmortem.markdown),
    actions: actionsIn(postmortem.markdown).map((action) => actionAnswer(action, postmortem)),
    versions: versions.map((one) => ({ ...one, at: isoOf(one.at) })),
  };
}

function actionAnswer(action: ReturnType<typeof actionsIn>[number], { made }: StoredPostmortem): PostmortemAction {
  const declared = made.find((one) => one.action === action.id);
  return {
    ...action,
    make: action.make ?? null,
    made:
      declared === undefined
        ? null
        : {
            words: declared.declaration.words,
            at: isoOf(declared.at),
            by: declared.by,
            appliedAt: declared.appliedAt === undefined ? null : isoOf(declared.appliedAt),
          },
  };
}

async function similarAnswer(
  house: House,
  number: number,
  score: number,
  shared: readonly string[],
): Promise<SimilarIncident[]> {
  const [incident, postmortem] = await Promise.all([house.incidents.get(number), house.postmortems.get(number)]);
  if (incident === undefined) return [];
  const { system, title, state, since } = incident;
  return [
    {
      incident: number,
      system,
      title,
      state,
      since: isoOf(since),
      score,
      shared: [...shared],
      cause: causeOf(incident),
      postmortem: postmortem?.state ?? null,
    },
  ];
}

function causeOf({ linkedCause, diagnosis, falseAlarm }: Incident): string | null {
  if (falseAlarm !== undefined) return `false alarm: ${falseAlarm.reason}`;
  const cause = linkedCause ?? diagnosis?.namedCause?.change;
  return cause === undefined ? null : `${cause.title} (${cause.component})`;
}
