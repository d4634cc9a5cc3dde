import type { RouteName } from "@homeostat/protocol";

/**
 * How a route is kept to the systems a key is bound to:
 * `path`, `query`, `body`: the system is named there and must be one of them. `items`: the answer's list is cut down
 * to them. `answer`: the answer names its system; another one is answered as if it did not exist. `handler`: the handler
 * itself shows what concerns them and nothing else. `free`: holds nothing of any system. `closed`: not for bound keys.
 */
type Reach = "path" | "query" | "body" | "items" | "answer" | "handler" | "free" | "closed";

/** Total: a new route says how it is kept to a key's systems, or it does not compile. */
export const reaches: Readonly<Record<RouteName, Reach>> = {
  live: "free",
  ready: "free",
  metrics: "closed",
  status: "free",
  signIn: "free",
  currentSession: "free",
  signOut: "free",
  plan: "closed",
  apply: "closed",
  systems: "items",
  system: "path",
  counts: "path",
  predict: "path",
  sendPredictions: "path",
  sendOutcomes: "path",
  sendEvents: "path",
  sources: "handler",
  source: "handler",
  addSource: "closed",
  diffSource: "closed",
  sourceWindows: "handler",
  checkSource: "handler",
  quarantine: "path",
  quarantineEntry: "path",
  fixQuarantined: "path",
  replayQuarantined: "path",
  discardQuarantined: "path",
  createDataset: "path",
  datasets: "path",
  erase: "path",
  erasures: "path",
  skew: "path",
  separations: "path",
  examine: "path",
  probes: "path",
  runProbes: "path",
  retention: "path",
  createBackup: "closed",
  uploadRows: "path",
  buildDataset: "path",
  dataset: "path",
  verifyDataset: "path",
  exportDataset: "path",
  train: "path",
  // job ids are not guessable: they are known to whoever started the job
  job: "free",
  models: "path",
  createRelease: "path",
  createBaseline: "path",
  releases: "path",
  rollback: "path",
  windows: "path",
  drift: "path",
  performance: "path",
  estimates: "path",
  labels: "path",
  outcomes: "path",
  baseline: "path",
  monitors: "path",
  monitor: "path",
  tryMonitors: "path",
  coverage: "path",
  findings: "path",
  slos: "path",
  slo: "path",
  changes: "query",
  recordChange: "body",
  hooks: "closed",
  createHook: "closed",
  revokeHook: "closed",
  // no key comes with a delivery
  deliverHook: "free",
  enqueueChange: "free",
  // components are shared between systems
  lineage: "closed",
  lineageNodes: "closed",
  linkLineage: "closed",
  unlinkLineage: "closed",
  lineageRun: "closed",
  sendLineage: "closed",
  sendLineageBatch: "closed",
  openLineageEvents: "path",
  predictionLineage: "path",
  diffState: "path",
  incidents: "items",
  incident: "answer",
  diagnose: "path",
  repeatStep: "handler",
  acknowledge: "closed",
  resolve: "closed",
  noteIncident: "closed",
  assignIncident: "closed",
  markFalseAlarm: "closed",
  linkCause: "closed",
  postmortems: "items",
  searchPostmortems: "items",
  similarIncidents: "items",
  postmortem: "answer",
  draftPostmortem: "closed",
  editPostmortem: "closed",
  publishPostmortem: "closed",
  makeOfAction: "closed",
  channels: "handler",
  testChannel: "closed",
  deliveries: "items",
  actions: "items",
  approveAction: "closed",
  rejectAction: "closed",
  holds: "path",
  liftHolds: "path",
  // schedules and silences are shared between systems
  schedules: "free",
  schedule: "free",
  whoIsOnCall: "free",
  addOverride: "closed",
  addSwap: "closed",
  removeOverride: "closed",
  simulatePaging: "body",
  silences: "closed",
  addSilence: "closed",
  expireSilence: "closed",
  escalations: "handler",
  readLink: "free",
  useLink: "free",
  reviews: "items",
  writeReview: "path",
  review: "path",
  keys: "closed",
  createKey: "closed",
  revokeKey: "closed",
  signInLink: "closed",
};

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** Why a bound key may not make this call; undefined when it may. Looked at before the handler runs. */
export function boundKeyRefusal(
  route: RouteName,
  systems: readonly string[],
  call: { readonly path: unknown; readonly query: unknown; readonly body: unknown },
): string | undefined {
  const reach = reaches[route];
  const bound = `This key is bound to ${systems.join(", ")}`;
  if (reach === "closed") return `${bound}; this needs a key for every system.`;
  if (reach !== "path" && reach !== "query" && reach !== "body") return undefined;
  const named = fieldOf(call[reach], "system");
  if (typeof named === "string" && systems.includes(named)) return undefined;
  return named === undefined ? `${bound}; name one of them as \`system\`.` : `${bound}, not to ${String(named)}.`;
}

/** The answer as a bound key may see it; undefined when it is not for this key at all. */
export function boundAnswer(route: RouteName, systems: readonly string[], value: unknown): unknown {
  const isTheirs = (item: unknown): boolean => {
    const name = fieldOf(item, "system") ?? fieldOf(item, "name");
    return typeof name === "string" && systems.includes(name);
  };
  switch (reaches[route]) {
    case "items": {
      const items = fieldOf(value, "items");
      return { ...(value as object), items: Array.isArray(items) ? items.filter(isTheirs) : [] };
    }
    case "answer":
      return isTheirs(value) ? value : undefined;
    default:
      return value;
  }
}
