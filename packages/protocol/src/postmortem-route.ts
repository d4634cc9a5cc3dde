import { z } from "zod";
import {
  madeDeclaration,
  makeRequest,
  postmortem,
  postmortemDraft,
  postmortemEdit,
  postmortemSummary,
  similarIncident,
} from "./postmortem.ts";
import { list, type Route } from "./route-definition.ts";

const limit = z.coerce.number().int().min(1).max(100).default(5);

/** Addresses about what is learned from incidents. */
export const postmortemRoutes = {
  postmortems: {
    method: "GET",
    path: "/v1/postmortems",
    scope: "read",
    summary: "The newest version of each postmortem, newest incident first",
    query: z.object({ system: z.string().optional(), incident: z.coerce.number().int().min(1).optional() }),
    answer: list(postmortemSummary),
    status: 200,
  },
  searchPostmortems: {
    method: "GET",
    path: "/v1/postmortems/search",
    scope: "read",
    summary: "Past incidents and their postmortems by a text, nearest first",
    query: z.object({ text: z.string().min(1).max(2_000), system: z.string().optional(), limit }),
    answer: list(similarIncident),
    status: 200,
  },
  similarIncidents: {
    method: "GET",
    path: "/v1/incidents/{number}/similar",
    scope: "read",
    summary: "Past incidents like this one: slice, features, cause, monitors",
    query: z.object({ limit }),
    answer: list(similarIncident),
    status: 200,
  },
  postmortem: {
    method: "GET",
    path: "/v1/incidents/{number}/postmortem",
    scope: "read",
    summary: "The postmortem of an incident",
    query: z.object({ version: z.coerce.number().int().min(1).optional() }),
    answer: postmortem,
    status: 200,
  },
  draftPostmortem: {
    method: "POST",
    path: "/v1/incidents/{number}/postmortem",
    scope: "operate",
    summary: "Draft it from the timeline and the diagnosis",
    body: postmortemDraft,
    answer: postmortem,
    status: 201,
  },
  editPostmortem: {
    method: "POST",
    path: "/v1/incidents/{number}/postmortem/versions",
    scope: "operate",
    summary: "Write a new version of the text",
    body: postmortemEdit,
    answer: postmortem,
    status: 200,
  },
  publishPostmortem: {
    method: "POST",
    path: "/v1/incidents/{number}/postmortem/publish",
    scope: "operate",
    summary: "Say that it is finished",
    answer: postmortem,
    status: 200,
  },
  makeOfAction: {
    method: "POST",
    path: "/v1/incidents/{number}/postmortem/actions/{action}/make",
    scope: "operate",
    summary: "Write the declaration that an action asks for; nothing is applied",
    body: makeRequest,
    answer: madeDeclaration,
    status: 200,
  },
} as const satisfies Record<string, Route>;
