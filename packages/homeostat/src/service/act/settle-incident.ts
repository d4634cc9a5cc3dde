import { type Incident, type IncidentAct, type IncidentStore, transition } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";

export type SettleOutcome =
  | { readonly kind: "settled"; readonly incident: Incident }
  | { readonly kind: "refused"; readonly reason: "unknown-incident" | "already-acknowledged" | "already-resolved" };

/** Acknowledges or resolves an incident, with who, when and why in its timeline. */
export async function settleIncident(
  ports: { readonly incidents: IncidentStore; readonly clock: Clock },
  number: number,
  act: IncidentAct,
  note: string | undefined,
): Promise<SettleOutcome> {
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return { kind: "refused", reason: "unknown-incident" };
  const moved = transition(incident.state, act);
  if (moved.kind === "refused") return moved;
  const at = ports.clock.now();
  const text =
    note === undefined || note === "" ? `${moved.state} by ${act.by}` : `${moved.state} by ${act.by}: ${note}`;
  const parts =
    act.kind === "acknowledge"
      ? { state: moved.state, acknowledgedBy: act.by }
      : { state: moved.state, resolvedAt: at };
  const changed = await ports.incidents.change(number, parts, {
    at,
    kind: act.kind === "acknowledge" ? "acknowledged" : "resolved",
    text,
    actor: act.by,
  });
  return changed === undefined
    ? { kind: "refused", reason: "unknown-incident" }
    : { kind: "settled", incident: changed };
}
