import { createHash } from "node:crypto";
import type { AuditLog } from "../../domain/audit.ts";
import type { Change, ChangeStore } from "../../domain/change/change.ts";
import { type Announced, type Hook, type HookStore, mapAnnounced } from "../../domain/hook/hook.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Transact } from "../../domain/transaction.ts";

interface AnnouncedPorts {
  readonly transaction: Transact<{
    readonly changes: ChangeStore;
    readonly hooks: HookStore;
    readonly audit: AuditLog;
  }>;
}

export type AnnouncedOutcome =
  | { readonly kind: "recorded" | "known"; readonly change: string }
  | { readonly kind: "ignored"; readonly reason: string };

/**
 * Records what a verified delivery announces, once however often it is delivered: the change's id is a digest of the hook
 * and of the sender's own name of what happened. Change, last use and audit entry are written together.
 */
export async function takeAnnounced(
  ports: AnnouncedPorts,
  hook: Hook,
  announced: Announced,
  receivedAt: Instant,
): Promise<AnnouncedOutcome> {
  const mapped = mapAnnounced(hook, announced);
  if (mapped.kind === "unmapped") return { kind: "ignored", reason: "no rule of the hook matches it" };
  const digest = createHash("sha256")
    .update(JSON.stringify([hook.id, announced.identity]))
    .digest("hex");
  const change: Change = {
    ...mapped.change,
    id: `hook-${digest.slice(0, 24)}`,
    title: announced.title,
    time: announced.time,
    recordedAt: receivedAt,
    actor: announced.actor ?? hook.name,
  };
  return ports.transaction(async (inside) => {
    const kind = await inside.changes.record(change);
    await inside.hooks.markUsed(hook.id, receivedAt);
    if (kind === "recorded")
      await inside.audit.append({
        at: receivedAt,
        actor: `hook ${hook.name}`,
        act: "deliverHook",
        subject: change.component,
        detail: { hook: hook.id, change: change.id },
      });
    return { kind, change: change.id };
  });
}
