import type { Change } from "../change/change.ts";
import type { Instant } from "../instant.ts";

export type HookKind = "github" | "gitlab" | "pagerduty" | "standard";

/** Which deliveries are changes of which component. `*` stands for any text; what is undefined matches anything. */
export interface HookRule {
  readonly repository: string | undefined;
  readonly environment: string | undefined;
  readonly service: string | undefined;
  readonly component: string;
  readonly kind: Change["kind"] | undefined;
  readonly system: string | undefined;
}

/** An address that takes in change events of somebody else's tools. */
export interface Hook {
  readonly id: string;
  readonly name: string;
  readonly kind: HookKind;
  /** The first that matches counts. */
  readonly rules: readonly HookRule[];
  /** Whether what no rule matches is ignored. */
  readonly onlyMapped: boolean;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revokedAt: Instant | undefined;
}

/** What verifies deliveries: a secret for signatures must be kept as it is, a token only as its hash. */
export interface HookSecret {
  readonly kept: "secret" | "hash";
  readonly value: string;
}

/** Hooks with what verifies their deliveries. */
export interface HookStore {
  save(hook: Hook, secret: HookSecret): Promise<void>;
  /** A revoked hook is not found. */
  get(id: string): Promise<{ readonly hook: Hook; readonly secret: HookSecret } | undefined>;
  /** The living hook whose token has this hash. */
  byHash(hash: string): Promise<Hook | undefined>;
  /** Oldest first, revoked ones included. */
  list(): Promise<readonly Hook[]>;
  /** The first revocation counts; undefined when there is no such hook. */
  revoke(id: string, at: Instant): Promise<Hook | undefined>;
  markUsed(id: string, at: Instant): Promise<void>;
}

/** A delivery that says something changed, read and verified. */
export interface Announced {
  /** The sender's own name of what happened: the same for every delivery of it. */
  readonly identity: string;
  readonly title: string;
  readonly time: Instant;
  readonly actor: string | undefined;
  readonly repository: string | undefined;
  readonly environment: string | undefined;
  readonly service: string | undefined;
  /** Told by the sender itself; a rule counts before it. */
  readonly component: string | undefined;
  readonly kind: Change["kind"] | undefined;
  readonly system: string | undefined;
}

type Mapped =
  | { readonly kind: "mapped"; readonly change: Pick<Change, "component" | "kind" | "system"> }
  | { readonly kind: "unmapped" };

/** Which component a delivery concerns: the first rule that matches, else what it says itself, else its service. Pure. */
export function mapAnnounced(hook: Pick<Hook, "rules" | "onlyMapped" | "name">, announced: Announced): Mapped {
  const rule = hook.rules.find(
    (one) =>
      fits(one.repository, announced.repository) &&
      fits(one.environment, announced.environment) &&
      fits(one.service, announced.service),
  );
  if (rule !== undefined) {
    const kind = rule.kind ?? announced.kind ?? "deploy";
    return { kind: "mapped", change: { component: rule.component, kind, system: rule.system ?? announced.system } };
  }
  if (hook.onlyMapped) return { kind: "unmapped" };
  const component =
    announced.component ?? `service:${announced.service ?? announced.repository ?? hook.name}`.slice(0, 200);
  return { kind: "mapped", change: { component, kind: announced.kind ?? "deploy", system: announced.system } };
}

/** Whether a text is of a pattern's shape; `*` stands for any text. Cost: linear in the text for every `*`. */
function fits(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
