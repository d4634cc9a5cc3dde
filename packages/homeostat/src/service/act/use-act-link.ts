import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { ActLink, LinkSigner, SpentLinkStore } from "../../domain/oncall/act-link.ts";
import type { Transact } from "../../domain/transaction.ts";
import { settleIncident } from "./settle-incident.ts";

export interface ActLinkPorts {
  readonly incidents: IncidentStore;
  readonly spentLinks: SpentLinkStore;
  readonly links: LinkSigner;
  readonly transaction: Transact<{ readonly incidents: IncidentStore; readonly spentLinks: SpentLinkStore }>;
  readonly clock: Clock;
}

/** `forged`: not signed here, or changed. */
type LinkRefusal = "forged" | "expired" | "used" | "already-acknowledged" | "already-resolved" | "unknown-incident";

export type LinkReading =
  | { readonly kind: "usable"; readonly link: ActLink; readonly incident: Incident }
  | { readonly kind: "refused"; readonly reason: LinkRefusal };

/** What a link would do, without doing it: mail scanners open links before people do. */
export async function readActLink(ports: ActLinkPorts, token: string): Promise<LinkReading> {
  const link = ports.links.read(token);
  if (link === undefined) return { kind: "refused", reason: "forged" };
  if (link.expiresAt <= ports.clock.now()) return { kind: "refused", reason: "expired" };
  const incident = await ports.incidents.get(link.incident);
  if (incident === undefined) return { kind: "refused", reason: "unknown-incident" };
  if (await ports.spentLinks.isSpent(link.id)) return { kind: "refused", reason: "used" };
  if (incident.state === "open") return { kind: "usable", link, incident };
  return { kind: "refused", reason: incident.state === "resolved" ? "already-resolved" : "already-acknowledged" };
}

/** Acknowledges by a link, once. */
export async function useActLink(ports: ActLinkPorts, token: string): Promise<LinkReading> {
  const read = await readActLink(ports, token);
  if (read.kind === "refused") return read;
  const { link } = read;
  return ports.transaction(async ({ incidents, spentLinks }) => {
    if ((await spentLinks.spend(link.id, ports.clock.now())) === "spent-before")
      return { kind: "refused", reason: "used" };
    const by = `${link.recipient}, by the link in a message`;
    const settled = await settleIncident(
      { incidents, clock: ports.clock },
      link.incident,
      { kind: "acknowledge", by },
      undefined,
    );
    return settled.kind === "refused" ? settled : { kind: "usable", link, incident: settled.incident };
  });
}
