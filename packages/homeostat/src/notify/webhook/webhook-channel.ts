import { hourMs, isoOf, minuteMs, secondMs } from "../../domain/instant.ts";
import { oneLine } from "../../domain/notification/message.ts";
import type { Notification } from "../../domain/notification/notification.ts";
import { type ChannelDefinition, hostOf } from "../channel-definition.ts";
import { type RetryTable, resultOf } from "../retry-table.ts";
import { signMessage } from "./sign-message.ts";

/** As Standard Webhooks recommends: three days of growing pauses, 410 means that the receiver is gone. */
const retries: RetryTable = {
  pausesMs: [
    5 * secondMs,
    5 * minuteMs,
    30 * minuteMs,
    2 * hourMs,
    5 * hourMs,
    10 * hourMs,
    14 * hourMs,
    20 * hourMs,
    24 * hourMs,
  ],
  answers: [
    { from: 200, to: 299, means: "sent" },
    { from: 300, to: 399, means: "never", why: "redirects are not followed" },
    { from: 408, to: 408, means: "again" },
    { from: 410, to: 410, means: "gone", why: "the receiver is gone" },
    { from: 429, to: 429, means: "again", why: "too many messages" },
    { from: 500, to: 599, means: "again" },
  ],
};

/** Messages as Standard Webhooks: signed with the secret, and during a rotation with the previous one as well. */
export const webhookChannel: ChannelDefinition<"webhook"> = {
  retries,
  keepsAlerts: false,
  where: ({ url }) => hostOf(url),
  identity: ({ url }) => url,
  send: async ({ url, secret, previousSecret }, notification, { now }, { post, secretOf }) => {
    const secrets = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map(secretOf);
    const body = bodyOf(notification);
    const message = { id: notification.id, timestampSeconds: Math.floor(now / secondMs), body };
    const sent = await post({ url, headers: { ...signMessage(secrets, message) }, body });
    return sent.kind === "failed" ? sent.result : resultOf(retries, sent.answer, now);
  },
};

function bodyOf(notification: Notification): string {
  const { kind, at, message, about, incident, system, severity, owner, recipient, reason } = notification;
  const { title, sentence, facts, next, links } = message;
  const [first] = links;
  return JSON.stringify({
    type: kind,
    timestamp: isoOf(at),
    data: {
      about,
      incident,
      system,
      severity,
      owner,
      recipient,
      reason,
      title,
      text: oneLine([sentence, ...facts.map(({ label, text }) => `${label}: ${text}`)].join("; ")),
      link: first?.href,
      sentence,
      facts,
      next,
      links,
    },
  });
}
