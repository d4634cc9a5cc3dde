import type { EscalationAnswer, LinkedIncident, SilenceAnswer } from "@homeostat/protocol";
import { type Instant, isoOf } from "../../domain/instant.ts";
import { targetWords } from "../../domain/notification/channel-declaration.ts";
import type { Escalation } from "../../domain/oncall/escalation.ts";
import { type Silence, silenceStateAt } from "../../domain/oncall/mute.ts";
import { type LinkReading, readActLink, useActLink } from "../../service/act/use-act-link.ts";
import { labelWords, readMatchers, shownMatchers } from "../declaration/read-oncall.ts";
import { type Handlers, type Reply, refused } from "../handler.ts";
import { newId } from "../secret.ts";
import type { House } from "./house.ts";

type SilenceRoutes = "silences" | "addSilence" | "expireSilence" | "escalations" | "readLink" | "useLink";

/** When nobody is told, how far telling has come, and the links in messages. */
export function silenceHandlers(house: House): Pick<Handlers, SilenceRoutes> {
  return {
    silences: async ({ query, receivedAt }) => {
      const all = (await house.silences.list()).map((silence) => silenceAnswer(silence, receivedAt));
      return {
        kind: "ok",
        value: { items: all.filter(({ state }) => query.state === undefined || state === query.state) },
      };
    },
    addSilence: async ({ body, caller, receivedAt }) => {
      const { matchers, wrong } = readMatchers(body.matchers);
      if (wrong.length > 0)
        return refused("malformed-body", "A condition cannot be read.", {
          issues: wrong.map((index) => ({
            path: `matchers/${index}`,
            expected: `a condition like severity=critical on one of ${labelWords}`,
            found: body.matchers[index] ?? "",
          })),
        });
      const from = body.from === undefined ? receivedAt : Date.parse(body.from);
      const to = Date.parse(body.to);
      if (to <= from || to <= receivedAt)
        return refused("malformed-body", "The silence would be over before it begins.", {
          issues: [{ path: "to", expected: `after ${isoOf(Math.max(from, receivedAt))}`, found: body.to }],
        });
      const silence: Silence = {
        id: newId("silence"),
        matchers,
        from,
        to,
        by: caller.name,
        reason: body.reason,
        createdAt: receivedAt,
        expiredAt: undefined,
      };
      await house.silences.add(silence);
      return { kind: "ok", value: silenceAnswer(silence, receivedAt) };
    },
    expireSilence: async ({ path, receivedAt }) => {
      const silence = await house.silences.expire(path.silence, receivedAt);
      return silence === undefined
        ? refused("not-found", `There is no silence ${JSON.stringify(path.silence)}.`)
        : { kind: "ok", value: silenceAnswer(silence, receivedAt) };
    },
    escalations: async ({ path, caller }) => {
      const incident = await house.incidents.get(path.number);
      if (incident === undefined || (caller.systems !== undefined && !caller.systems.includes(incident.system)))
        return refused("not-found", `There is no incident ${path.number}.`);
      const escalations = await house.escalations.ofIncident(path.number);
      return { kind: "ok", value: { items: escalations.map(escalationAnswer) } };
    },
    readLink: async ({ body }) => linkReply(await readActLink(house, body.token)),
    useLink: async ({ body }) => {
      const used = await useActLink(house, body.token);
      if (used.kind === "usable") await house.announce(used.incident.number);
      return linkReply(used);
    },
  };
}

const linkRefusals: Readonly<Record<Extract<LinkReading, { kind: "refused" }>["reason"], string>> = {
  forged: "This link was not made here, or it was changed on its way.",
  expired: "This link is too old. Open the incident and sign in.",
  used: "This link was used before.",
  "already-acknowledged": "Somebody has acknowledged this incident already.",
  "already-resolved": "This incident is over already.",
  "unknown-incident": "The incident of this link does not exist here.",
};

function linkReply(read: LinkReading): Reply<"readLink"> {
  if (read.kind === "refused")
    return refused(read.reason === "forged" ? "bad-signature" : "not-possible-now", linkRefusals[read.reason]);
  const { incident, link } = read;
  const value: LinkedIncident = {
    incident: incident.number,
    system: incident.system,
    title: incident.title,
    severity: incident.severity,
    state: incident.state,
    recipient: link.recipient,
    expiresAt: isoOf(link.expiresAt),
  };
  return { kind: "ok", value };
}

function silenceAnswer(silence: Silence, now: Instant): SilenceAnswer {
  return {
    id: silence.id,
    state: silenceStateAt(silence, now),
    matchers: shownMatchers(silence.matchers),
    from: isoOf(silence.from),
    to: isoOf(silence.to),
    by: silence.by,
    reason: silence.reason,
    createdAt: isoOf(silence.createdAt),
    expiredAt: silence.expiredAt === undefined ? null : isoOf(silence.expiredAt),
  };
}

function escalationAnswer(escalation: Escalation): EscalationAnswer {
  const { policy, phase, attempt, step, nextAt, told, mute, why } = escalation;
  return {
    policy: policy.name,
    why,
    phase,
    round: attempt,
    step: step + 1,
    steps: policy.steps.length,
    nextAt: nextAt === undefined ? null : isoOf(nextAt),
    mutedBy: mute ?? null,
    told: told.map(({ person, declaration, reason }) => ({
      person: person ?? null,
      channel: targetWords(declaration),
      why: reason,
    })),
  };
}
