import { z } from "zod";
import { apiKey, createdKey, keyRequest, readiness, serverStatus, session, signInRequest } from "./access.ts";
import { actionRoutes } from "./action-route.ts";
import { baselineRoutes } from "./baseline-route.ts";
import { channelRoutes } from "./channel-route.ts";
import { datasetRoutes } from "./dataset-route.ts";
import { declarationBundle, plan } from "./declaration-bundle.ts";
import { estimateRoutes } from "./estimate-route.ts";
import {
  batchOptions,
  batchReceipt,
  change,
  changeEvent,
  changeKind,
  outcomeEvent,
  predictAnswer,
  predictionEvent,
  predictRequest,
} from "./event.ts";
import { examinationRoutes } from "./examination-route.ts";
import { hookRoutes } from "./hook-route.ts";
import { incidentRoutes } from "./incident-route.ts";
import { keepingRoutes } from "./keeping-route.ts";
import { baselineRequest, job, model, release, releaseRequest, trainRequest } from "./learning.ts";
import { lineageRoutes } from "./lineage-route.ts";
import { metricsRoutes } from "./metrics-route.ts";
import { monitorRoutes } from "./monitor-route.ts";
import { instant } from "./name.ts";
import { oncallRoutes } from "./oncall-route.ts";
import { postmortemRoutes } from "./postmortem-route.ts";
import { quarantineRoutes } from "./quarantine-route.ts";
import { reviewRoutes } from "./review-route.ts";
import { list, type Route } from "./route-definition.ts";
import { intakeCounts, systemDetail, systemSummary } from "./sensing.ts";
import { sensingRoutes } from "./sensing-route.ts";
import { sloRoutes } from "./slo-route.ts";
import { sourceRoutes } from "./source-route.ts";

/** Rows as text, or as a table. */
const rowTypes = [
  "application/x-ndjson",
  "application/vnd.apache.parquet",
  "application/vnd.apache.arrow.stream",
  "application/vnd.apache.arrow.file",
];

/** Every address of the API: the server binds it, the client types follow from it, the OpenAPI document is made from it. */
export const routes = {
  live: {
    method: "GET",
    path: "/health/live",
    scope: "none",
    summary: "Is the process alive",
    answer: z.object({ live: z.literal(true) }),
    status: 200,
  },
  ready: {
    method: "GET",
    path: "/health/ready",
    scope: "none",
    summary: "Which parts are ready",
    answer: readiness,
    status: 200,
  },
  ...metricsRoutes,
  status: {
    method: "GET",
    path: "/v1/status",
    scope: "read",
    summary: "The server's own state",
    answer: serverStatus,
    status: 200,
  },
  signIn: {
    method: "POST",
    path: "/v1/session",
    scope: "none",
    summary: "Exchange a one-time sign-in token for a session cookie",
    body: signInRequest,
    answer: session,
    status: 201,
  },
  currentSession: {
    method: "GET",
    path: "/v1/session",
    scope: "read",
    summary: "Who am I, with the CSRF token for changes",
    answer: session,
    status: 200,
  },
  signOut: {
    method: "DELETE",
    path: "/v1/session",
    scope: "read",
    summary: "End the session",
    answer: z.null(),
    status: 204,
  },
  plan: {
    method: "POST",
    path: "/v1/plan",
    scope: "operate",
    summary: "What applying these files would do",
    body: declarationBundle,
    answer: plan,
    status: 200,
  },
  apply: {
    method: "POST",
    path: "/v1/apply",
    scope: "operate",
    summary: "Apply these files",
    body: declarationBundle,
    answer: plan,
    status: 200,
  },
  systems: {
    method: "GET",
    path: "/v1/systems",
    scope: "read",
    summary: "Systems under care",
    answer: list(systemSummary),
    status: 200,
  },
  system: {
    method: "GET",
    path: "/v1/systems/{system}",
    scope: "read",
    summary: "One system",
    answer: systemDetail,
    status: 200,
  },
  counts: {
    method: "GET",
    path: "/v1/systems/{system}/counts",
    scope: "read",
    summary: "Rows acknowledged, stored and joined",
    answer: intakeCounts,
    status: 200,
  },
  predict: {
    method: "POST",
    path: "/v1/systems/{system}/predict",
    scope: "ingest",
    summary: "Ask the live release",
    body: predictRequest,
    answer: predictAnswer,
    status: 200,
  },
  sendPredictions: {
    method: "POST",
    path: "/v1/systems/{system}/predictions",
    scope: "ingest",
    summary: "Post predictions made elsewhere",
    query: batchOptions,
    body: z.strictObject({ rows: z.array(predictionEvent).min(1) }),
    bodyTypes: rowTypes,
    answer: batchReceipt,
    status: 202,
  },
  sendOutcomes: {
    method: "POST",
    path: "/v1/systems/{system}/outcomes",
    scope: "ingest",
    summary: "Post outcomes",
    query: batchOptions,
    body: z.strictObject({ rows: z.array(outcomeEvent).min(1) }),
    bodyTypes: rowTypes,
    answer: batchReceipt,
    status: 202,
  },
  sendEvents: {
    method: "POST",
    path: "/v1/systems/{system}/events",
    scope: "ingest",
    summary: "Post predictions, outcomes and changes as CloudEvents 1.0: binary, structured or a batch",
    query: batchOptions,
    bodyTypes: ["application/cloudevents+json", "application/cloudevents-batch+json", "application/json"],
    answer: batchReceipt,
    status: 202,
  },
  ...quarantineRoutes,
  ...sourceRoutes,
  ...datasetRoutes,
  ...keepingRoutes,
  ...examinationRoutes,
  train: {
    method: "POST",
    path: "/v1/systems/{system}/train",
    scope: "operate",
    summary: "Train a model from a dataset",
    body: trainRequest,
    answer: job,
    status: 202,
  },
  job: {
    method: "GET",
    path: "/v1/jobs/{job}",
    scope: "read",
    summary: "State of a long-running job",
    answer: job,
    status: 200,
  },
  models: {
    method: "GET",
    path: "/v1/systems/{system}/models",
    scope: "read",
    summary: "Models of a system",
    answer: list(model),
    status: 200,
  },
  createRelease: {
    method: "POST",
    path: "/v1/systems/{system}/releases",
    scope: "operate",
    summary: "Make a release of a model, freeze its baseline and put it live",
    body: releaseRequest,
    answer: job,
    status: 202,
  },
  createBaseline: {
    method: "POST",
    path: "/v1/systems/{system}/baselines",
    scope: "operate",
    summary: "Freeze a baseline of a monitor-only release from received rows",
    body: baselineRequest,
    answer: job,
    status: 202,
  },
  releases: {
    method: "GET",
    path: "/v1/systems/{system}/releases",
    scope: "read",
    summary: "Releases, newest first",
    answer: list(release),
    status: 200,
  },
  rollback: {
    method: "POST",
    path: "/v1/systems/{system}/rollback",
    scope: "operate",
    summary: "Put the previous release live again: model, pipeline and baseline together",
    answer: release,
    status: 200,
  },
  ...sensingRoutes,
  ...sloRoutes,
  ...monitorRoutes,
  ...baselineRoutes,
  ...estimateRoutes,
  changes: {
    method: "GET",
    path: "/v1/changes",
    scope: "read",
    summary: "The change log",
    query: z.object({
      from: instant.optional(),
      to: instant.optional().describe("Exclusive"),
      system: z.string().optional().describe("Its own changes and those of every system"),
      component: z.string().optional(),
      kind: changeKind.optional(),
    }),
    answer: list(change),
    status: 200,
  },
  recordChange: {
    method: "POST",
    path: "/v1/changes",
    scope: "ingest",
    summary: "Record a change; the same id again is the same change",
    body: changeEvent,
    answer: change,
    status: 201,
  },
  ...hookRoutes,
  ...lineageRoutes,
  ...actionRoutes,
  ...incidentRoutes,
  ...oncallRoutes,
  ...postmortemRoutes,
  ...reviewRoutes,
  ...channelRoutes,
  keys: { method: "GET", path: "/v1/keys", scope: "admin", summary: "API keys", answer: list(apiKey), status: 200 },
  createKey: {
    method: "POST",
    path: "/v1/keys",
    scope: "admin",
    summary: "Make an API key",
    body: keyRequest,
    answer: createdKey,
    status: 201,
  },
  revokeKey: {
    method: "DELETE",
    path: "/v1/keys/{key}",
    scope: "admin",
    summary: "Revoke an API key",
    answer: apiKey,
    status: 200,
  },
  signInLink: {
    method: "POST",
    path: "/v1/sign-in-links",
    scope: "admin",
    summary: "Make a one-time sign-in link for the page",
    answer: z.object({ path: z.string(), expiresAt: instant }),
    status: 201,
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
/** What a route answers, as the client sees it. */
export type Answer<N extends RouteName> = z.output<(typeof routes)[N]["answer"]>;
/** What a route takes as its body, before defaults are filled. */
export type Body<N extends RouteName> = (typeof routes)[N] extends { readonly body: infer B extends z.ZodType }
  ? z.input<B>
  : never;
/** What a route takes in its query string. */
export type Query<N extends RouteName> = (typeof routes)[N] extends { readonly query: infer Q extends z.ZodType }
  ? z.input<Q>
  : never;
