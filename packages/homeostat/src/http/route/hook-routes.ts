import { randomBytes } from "node:crypto";
import type { Hook as WireHook } from "@homeostat/protocol";
import type { Hook, HookKind, HookSecret } from "../../domain/hook/hook.ts";
import { type Instant, isoOf } from "../../domain/instant.ts";
import { type AnnouncedOutcome, takeAnnounced } from "../../service/intake/take-announced.ts";
import { type Handlers, type HookBytes, type Refusal, refused } from "../handler.ts";
import { type DeliveryReading, readDelivery } from "../hook/read-delivery.ts";
import { verifyGitHub, verifyGitLab, verifyStandard } from "../hook/verify-signature.ts";
import { readJson } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { hashOf, newId, newToken } from "../secret.ts";
import type { House } from "./house.ts";

type HookRoutes = "hooks" | "createHook" | "revokeHook" | "deliverHook" | "enqueueChange";

/** Senders to PagerDuty are told a key of 32 hex digits. */
const routingKeyBytes = 16;
/** Standard Webhooks asks for 24 to 64. */
const standardSecretBytes = 32;

/** A new secret in the form the sender takes, and what is kept of it. */
function newSecret(kind: HookKind): { readonly shown: string; readonly kept: HookSecret } {
  switch (kind) {
    case "github": {
      const shown = newToken();
      return { shown, kept: { kept: "secret", value: shown } };
    }
    case "standard": {
      const shown = `whsec_${randomBytes(standardSecretBytes).toString("base64")}`;
      return { shown, kept: { kept: "secret", value: shown } };
    }
    case "gitlab": {
      const shown = newToken();
      return { shown, kept: { kept: "hash", value: hashOf(shown) } };
    }
    case "pagerduty": {
      const shown = randomBytes(routingKeyBytes).toString("hex");
      return { shown, kept: { kept: "hash", value: hashOf(shown) } };
    }
  }
}

function verify({ kind }: Hook, secret: HookSecret, delivery: HookBytes, now: Instant): Refusal | undefined {
  const { headers, bytes } = delivery;
  const verdict =
    kind === "github"
      ? verifyGitHub(headers, bytes, secret.value)
      : kind === "gitlab"
        ? verifyGitLab(headers, secret.value)
        : verifyStandard(headers, bytes, secret.value, now);
  return verdict.kind === "verified" ? undefined : refused("bad-signature", `Nothing was recorded: ${verdict.reason}.`);
}

/** Hooks for the deploy events of others. */
export function hookHandlers(house: House): Pick<Handlers, HookRoutes> {
  const take = async (
    hook: Hook,
    reading: DeliveryReading,
    receivedAt: Instant,
  ): Promise<AnnouncedOutcome | Refusal> => {
    if (reading.kind === "malformed") {
      const { path, expected, found } = reading;
      return refused("malformed-body", `The delivery cannot be understood at ${path}.`, {
        issues: [{ path, expected, found }],
      });
    }
    return reading.kind === "ignored" ? reading : await takeAnnounced(house, hook, reading.announced, receivedAt);
  };
  return {
    hooks: async () => ({ kind: "ok", value: { items: (await house.hooks.list()).map(hookAnswer) } }),
    createHook: async ({ body, receivedAt }) => {
      const { shown, kept } = newSecret(body.kind);
      const hook: Hook = {
        id: newId("hook"),
        name: body.name,
        kind: body.kind,
        rules: body.rules.map((rule) => ({
          repository: rule.repository,
          environment: rule.environment,
          service: rule.service,
          component: rule.component,
          kind: rule.kind,
          system: rule.system,
        })),
        onlyMapped: body.onlyMapped,
        createdAt: receivedAt,
        lastUsedAt: undefined,
        revokedAt: undefined,
      };
      await house.hooks.save(hook, kept);
      return { kind: "ok", value: { ...hookAnswer(hook), secret: shown } };
    },
    revokeHook: async ({ path, receivedAt }) => {
      const hook = await house.hooks.revoke(path.hook, receivedAt);
      return hook === undefined
        ? refused("not-found", `There is no hook ${JSON.stringify(path.hook)}.`)
        : { kind: "ok", value: hookAnswer(hook) };
    },
    deliverHook: async ({ path, body, receivedAt }) => {
      const known = await house.hooks.get(path.hook);
      if (known === undefined || known.hook.kind === "pagerduty")
        return refused("not-found", "There is no hook at this address, or it was revoked.");
      const wrong = verify(known.hook, known.secret, body, receivedAt);
      if (wrong !== undefined) return wrong;
      const json = jsonOf(body);
      if (json.kind === "refused") return json;
      const reading = readDelivery(known.hook.kind, body.headers, json.value, receivedAt);
      const outcome = await take(known.hook, reading, receivedAt);
      if (outcome.kind === "refused") return outcome;
      return outcome.kind === "ignored"
        ? { kind: "ok", value: { status: "ignored", change: null, reason: outcome.reason } }
        : { kind: "ok", value: { status: outcome.kind, change: outcome.change, reason: null } };
    },
    enqueueChange: async ({ body, receivedAt }) => {
      const json = jsonOf(body);
      if (json.kind === "refused") return json;
      const key = (json.value as { readonly routing_key?: unknown } | null)?.routing_key;
      const hook = typeof key === "string" ? await house.hooks.byHash(hashOf(key)) : undefined;
      if (hook?.kind !== "pagerduty")
        return refused("bad-signature", "Nothing was recorded: routing_key is not the key of a hook here.");
      const outcome = await take(hook, readDelivery("pagerduty", body.headers, json.value, receivedAt), receivedAt);
      if (outcome.kind === "refused") return outcome;
      const message = outcome.kind === "ignored" ? outcome.reason : `Change event ${outcome.change} is ${outcome.kind}`;
      return { kind: "ok", value: { status: "success", message } };
    },
  };
}

function jsonOf(delivery: HookBytes): { readonly kind: "read"; readonly value: unknown } | Refusal {
  const text = readText(delivery.bytes);
  if (text.kind === "refused") return text;
  const json = readJson(text.text);
  return json.kind === "malformed"
    ? refused("malformed-json", `Line ${json.line}, column ${json.column}: ${json.reason}.`)
    : { kind: "read", value: json.value };
}

function hookAnswer(hook: Hook): WireHook {
  return {
    id: hook.id,
    name: hook.name,
    kind: hook.kind,
    rules: hook.rules.map((rule) => ({
      component: rule.component,
      ...(rule.repository === undefined ? {} : { repository: rule.repository }),
      ...(rule.environment === undefined ? {} : { environment: rule.environment }),
      ...(rule.service === undefined ? {} : { service: rule.service }),
      ...(rule.kind === undefined ? {} : { kind: rule.kind }),
      ...(rule.system === undefined ? {} : { system: rule.system }),
    })),
    onlyMapped: hook.onlyMapped,
    path: hook.kind === "pagerduty" ? "/v2/change/enqueue" : `/v1/hooks/${hook.id}`,
    createdAt: isoOf(hook.createdAt),
    lastUsedAt: hook.lastUsedAt === undefined ? null : isoOf(hook.lastUsedAt),
    revokedAt: hook.revokedAt === undefined ? null : isoOf(hook.revokedAt),
  };
}
