import { createHash } from "node:crypto";
import type { Change } from "../../domain/change/change.ts";
import type { Announced, HookKind } from "../../domain/hook/hook.ts";
import type { Instant } from "../../domain/instant.ts";
import { readInstant } from "../read-instant.ts";
import type { Headers } from "./verify-signature.ts";

/** What a verified delivery says: something changed, nothing that is a change, or nothing that can be understood. */
export type DeliveryReading =
  | { readonly kind: "announced"; readonly announced: Announced }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "malformed"; readonly path: string; readonly expected: string; readonly found: string };

type Fields = Readonly<Record<string, unknown>>;

const longestTitle = 500;
const longestComponent = 200;
/** A message without a time of its own, sent twice within this, is one change. */
const unnamedRepeatMs = 5 * 60_000;
const changeKinds: ReadonlySet<string> = new Set<Change["kind"]>([
  "deploy",
  "schema",
  "library",
  "firmware",
  "policy",
  "data-source",
  "vendor",
  "infrastructure",
]);

const ignored = (reason: string): DeliveryReading => ({ kind: "ignored", reason });
const malformed = (path: string, expected: string, found: unknown): DeliveryReading => ({
  kind: "malformed",
  path,
  expected,
  found: found === undefined ? "nothing" : (JSON.stringify(found) ?? "nothing").slice(0, 120),
});

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
const idOf = (value: unknown): string | undefined =>
  Number.isSafeInteger(value) || typeof value === "string" ? String(value) : undefined;

/** ISO 8601, and the `2021-04-28 21:50:00 +0200` that GitLab writes. */
function timeOf(value: unknown): Instant | undefined {
  const text = textOf(value)
    ?.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/, "$1T$2")
    .replace(/ UTC$/, "Z")
    .replace(/ ?([+-]\d\d):?(\d\d)$/, "$1:$2");
  return text === undefined ? undefined : readInstant(text);
}

const nothing = {
  actor: undefined,
  repository: undefined,
  environment: undefined,
  service: undefined,
  component: undefined,
  kind: undefined,
  system: undefined,
} as const;

const announce = (parts: Pick<Announced, "identity" | "title" | "time"> & Partial<Announced>): DeliveryReading => ({
  kind: "announced",
  announced: { ...nothing, ...parts, title: parts.title.slice(0, longestTitle) },
});

/** Reads a delivery after its kind. `now` stands in where the sender names no time. */
export function readDelivery(kind: HookKind, headers: Headers, body: unknown, now: Instant): DeliveryReading {
  const fields = fieldsOf(body);
  switch (kind) {
    case "github":
      return readGitHub(headers["x-github-event"], fields, now);
    case "gitlab":
      return readGitLab(fields, now);
    case "pagerduty":
      return readPagerDuty(fields, now);
    case "standard":
      return readStandard(headers["webhook-id"] ?? "", fields, now);
  }
}

function readGitHub(event: string | undefined, body: Fields, now: Instant): DeliveryReading {
  const repository = textOf(fieldsOf(body.repository).full_name);
  switch (event) {
    case "deployment_status":
      return readGitHubStatus(body, repository, now);
    case "release": {
      const release = fieldsOf(body.release);
      if (body.action !== "published") return ignored(`a release is a change when it is published, not ${body.action}`);
      const id = idOf(release.id);
      if (id === undefined) return malformed("release.id", "the release's id", release.id);
      return announce({
        identity: `github-release-${repository}-${id}`,
        title: `${repository ?? "a repository"} released ${textOf(release.tag_name) ?? textOf(release.name) ?? id}`,
        time: timeOf(release.published_at) ?? now,
        actor: textOf(fieldsOf(release.author).login),
        repository,
      });
    }
    case "deployment":
      return ignored("a deployment is a change when its status says success, not when it is asked for");
    default:
      return ignored(`${event ?? "an event without X-GitHub-Event"} is no change`);
  }
}

function readGitHubStatus(body: Fields, repository: string | undefined, now: Instant): DeliveryReading {
  const status = fieldsOf(body.deployment_status);
  const deployment = fieldsOf(body.deployment);
  const state = textOf(status.state);
  if (state === undefined) return malformed("deployment_status.state", "the state", status.state);
  if (state !== "success") return ignored(`the deployment's state is ${state}; success is a change`);
  const id = idOf(status.id);
  if (id === undefined) return malformed("deployment_status.id", "the status's id", status.id);
  const environment = textOf(status.environment) ?? textOf(deployment.environment);
  const ref = [textOf(deployment.ref), textOf(deployment.sha)?.slice(0, 7)].filter(Boolean).join(" at ");
  return announce({
    identity: `github-status-${repository}-${id}`,
    title: `${repository ?? "a repository"} ${ref} was deployed${environment === undefined ? "" : ` to ${environment}`}`,
    time: timeOf(status.updated_at) ?? timeOf(status.created_at) ?? now,
    actor: textOf(fieldsOf(status.creator).login) ?? textOf(fieldsOf(deployment.creator).login),
    repository,
    environment,
    service: textOf(fieldsOf(deployment.payload).service),
  });
}

function readGitLab(body: Fields, now: Instant): DeliveryReading {
  switch (body.object_kind) {
    case "deployment":
      return readGitLabDeployment(body, now);
    case "release":
      return readGitLabRelease(body, now);
    default:
      return ignored(`${textOf(body.object_kind) ?? "an event without object_kind"} is no change`);
  }
}

function readGitLabDeployment(body: Fields, now: Instant): DeliveryReading {
  const project = fieldsOf(body.project);
  const repository = textOf(project.path_with_namespace);
  if (body.status !== "success") return ignored(`the deployment's status is ${body.status}; success is a change`);
  const id = idOf(body.deployment_id) ?? idOf(body.deployable_id);
  if (id === undefined) return malformed("deployment_id", "the deployment's id", body.deployment_id);
  const environment = textOf(body.environment);
  const user = fieldsOf(body.user);
  const what = [textOf(body.ref), textOf(body.short_sha)].filter(Boolean).join(" at ");
  return announce({
    identity: `gitlab-deployment-${idOf(project.id) ?? repository}-${id}`,
    title: `${repository ?? "a project"} ${what} was deployed${environment === undefined ? "" : ` to ${environment}`}`,
    time: timeOf(body.status_changed_at) ?? now,
    actor: textOf(user.username) ?? textOf(user.name),
    repository,
    environment,
  });
}

function readGitLabRelease(body: Fields, now: Instant): DeliveryReading {
  const project = fieldsOf(body.project);
  const repository = textOf(project.path_with_namespace);
  if (body.action !== "create") return ignored(`a release is a change when it is created, not on ${body.action}`);
  const id = idOf(body.id);
  if (id === undefined) return malformed("id", "the release's id", body.id);
  return announce({
    identity: `gitlab-release-${idOf(project.id) ?? repository}-${id}`,
    title: `${repository ?? "a project"} released ${textOf(body.tag) ?? textOf(body.name) ?? id}`,
    time: timeOf(body.released_at) ?? timeOf(body.created_at) ?? now,
    repository,
  });
}

function readPagerDuty(body: Fields, now: Instant): DeliveryReading {
  const payload = fieldsOf(body.payload);
  const summary = textOf(payload.summary);
  if (summary === undefined) return malformed("payload.summary", "text", payload.summary);
  const time = timeOf(payload.timestamp);
  if (payload.timestamp !== undefined && time === undefined)
    return malformed("payload.timestamp", "an ISO 8601 instant", payload.timestamp);
  const { routing_key: _, ...said } = body;
  const about = time === undefined ? [said, Math.floor(now / unnamedRepeatMs)] : [said];
  const details = fieldsOf(payload.custom_details);
  return announce({
    identity: `pagerduty-${createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 32)}`,
    title: summary,
    time: time ?? now,
    actor: textOf(details.actor) ?? textOf(details.user),
    repository: textOf(details.repository) ?? textOf(details.repo),
    environment: textOf(details.environment),
    service: textOf(details.service) ?? textOf(payload.source),
  });
}

/** `{ type, timestamp, data }`; `data` names what changed with the words of `POST /v1/changes`. */
function readStandard(id: string, body: Fields, now: Instant): DeliveryReading {
  const data = fieldsOf(body.data);
  const title = textOf(data.title) ?? textOf(data.summary) ?? textOf(body.type);
  if (title === undefined) return malformed("data.title", "text, or a `type` of the message", data.title);
  const kind = data.kind;
  if (kind !== undefined && !(typeof kind === "string" && changeKinds.has(kind)))
    return malformed("data.kind", `one of ${[...changeKinds].join(", ")}`, kind);
  const component = textOf(data.component);
  if (component !== undefined && (!/^[a-z][a-z-]*:\S/.test(component) || component.length > longestComponent))
    return malformed("data.component", "a kind, a colon and a name, e.g. service:delay-api", component);
  const told = data.time ?? body.timestamp;
  const time = timeOf(told);
  if (told !== undefined && time === undefined) return malformed("data.time", "an ISO 8601 instant with zone", told);
  return announce({
    identity: `standard-${id}`,
    title,
    time: time ?? now,
    actor: textOf(data.actor),
    repository: textOf(data.repository),
    environment: textOf(data.environment),
    service: textOf(data.service),
    component,
    kind: kind as Change["kind"] | undefined,
    system: textOf(data.system),
  });
}
