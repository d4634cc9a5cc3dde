import type { RouteName, routes } from "@homeostat/protocol";

type AddressOf<N extends RouteName> = `${(typeof routes)[N]["method"]} ${(typeof routes)[N]["path"]}`;

/**
 * Method and path of every route. Written out so that the client needs nothing at run time; the type says each entry
 * must equal the protocol's own, so a route that moves does not compile here.
 */
export const addresses: { readonly [N in RouteName]: AddressOf<N> } = {
  live: "GET /health/live",
  ready: "GET /health/ready",
  status: "GET /v1/status",
  signIn: "POST /v1/session",
  currentSession: "GET /v1/session",
  signOut: "DELETE /v1/session",
  plan: "POST /v1/plan",
  apply: "POST /v1/apply",
  systems: "GET /v1/systems",
  system: "GET /v1/systems/{system}",
  counts: "GET /v1/systems/{system}/counts",
  predict: "POST /v1/systems/{system}/predict",
  sendPredictions: "POST /v1/systems/{system}/predictions",
  sendOutcomes: "POST /v1/systems/{system}/outcomes",
  sendEvents: "POST /v1/systems/{system}/events",
  sources: "GET /v1/sources",
  source: "GET /v1/sources/{source}",
  addSource: "POST /v1/sources",
  diffSource: "POST /v1/sources/{source}/diff",
  sourceWindows: "GET /v1/sources/{source}/windows",
  checkSource: "GET /v1/sources/{source}/check",
  quarantine: "GET /v1/systems/{system}/quarantine",
  quarantineEntry: "GET /v1/systems/{system}/quarantine/{entry}",
  fixQuarantined: "POST /v1/systems/{system}/quarantine/{entry}/fix",
  replayQuarantined: "POST /v1/systems/{system}/quarantine/replay",
  discardQuarantined: "POST /v1/systems/{system}/quarantine/discard",
  createDataset: "POST /v1/systems/{system}/datasets",
  datasets: "GET /v1/systems/{system}/datasets",
  erase: "POST /v1/systems/{system}/erase",
  erasures: "GET /v1/systems/{system}/erasures",
  retention: "GET /v1/systems/{system}/retention",
  createBackup: "POST /v1/backups",
  uploadRows: "POST /v1/systems/{system}/uploads",
  buildDataset: "POST /v1/systems/{system}/datasets/build",
  dataset: "GET /v1/systems/{system}/datasets/{dataset}",
  verifyDataset: "POST /v1/systems/{system}/datasets/{dataset}/verify",
  exportDataset: "GET /v1/systems/{system}/datasets/{dataset}/export",
  train: "POST /v1/systems/{system}/train",
  job: "GET /v1/jobs/{job}",
  models: "GET /v1/systems/{system}/models",
  createRelease: "POST /v1/systems/{system}/releases",
  createBaseline: "POST /v1/systems/{system}/baselines",
  releases: "GET /v1/systems/{system}/releases",
  rollback: "POST /v1/systems/{system}/rollback",
  windows: "GET /v1/systems/{system}/windows",
  drift: "GET /v1/systems/{system}/drift",
  performance: "GET /v1/systems/{system}/performance",
  labels: "GET /v1/systems/{system}/labels",
  outcomes: "GET /v1/systems/{system}/outcomes",
  findings: "GET /v1/systems/{system}/findings",
  changes: "GET /v1/changes",
  recordChange: "POST /v1/changes",
  hooks: "GET /v1/hooks",
  createHook: "POST /v1/hooks",
  revokeHook: "DELETE /v1/hooks/{hook}",
  deliverHook: "POST /v1/hooks/{hook}",
  enqueueChange: "POST /v2/change/enqueue",
  lineage: "GET /v1/lineage",
  lineageNodes: "GET /v1/lineage/nodes",
  linkLineage: "POST /v1/lineage/edges",
  unlinkLineage: "DELETE /v1/lineage/edges",
  lineageRun: "GET /v1/lineage/runs/{run}",
  sendLineage: "POST /api/v1/lineage",
  sendLineageBatch: "POST /api/v1/lineage/batch",
  openLineageEvents: "GET /v1/systems/{system}/openlineage",
  predictionLineage: "GET /v1/systems/{system}/predictions/{prediction}/lineage",
  diffState: "GET /v1/systems/{system}/diff-state",
  incidents: "GET /v1/incidents",
  incident: "GET /v1/incidents/{number}",
  acknowledge: "POST /v1/incidents/{number}/acknowledge",
  resolve: "POST /v1/incidents/{number}/resolve",
  noteIncident: "POST /v1/incidents/{number}/notes",
  assignIncident: "POST /v1/incidents/{number}/assign",
  markFalseAlarm: "POST /v1/incidents/{number}/false-alarm",
  linkCause: "POST /v1/incidents/{number}/cause",
  keys: "GET /v1/keys",
  createKey: "POST /v1/keys",
  revokeKey: "DELETE /v1/keys/{key}",
  signInLink: "POST /v1/sign-in-links",
};

type ParameterOf<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

/** Path parameters of a route, by name. */
export type PathParameters<N extends RouteName> = Readonly<
  Record<ParameterOf<(typeof routes)[N]["path"]>, string | number>
>;
