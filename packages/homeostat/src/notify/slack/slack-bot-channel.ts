import { hourMs, minuteMs, secondMs } from "../../domain/instant.ts";
import { notificationKinds, type SendResult } from "../../domain/notification/notification.ts";
import { type ChannelDefinition, hostOf } from "../channel-definition.ts";
import { fieldsOf, type HttpAnswer } from "../http-client.ts";
import { type RetryTable, resultOf } from "../retry-table.ts";
import { slackMessage } from "./slack-blocks.ts";

const retries: RetryTable = {
  pausesMs: [5 * secondMs, 30 * secondMs, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs, hourMs, 4 * hourMs],
  answers: [
    { from: 200, to: 299, means: "sent" },
    { from: 408, to: 408, means: "again" },
    { from: 429, to: 429, means: "again", why: "too many messages" },
    { from: 500, to: 599, means: "again" },
  ],
};

/** Slack says no with status 200 and a word: https://docs.slack.dev/reference/methods/chat.postMessage */
const passing = new Set(["ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"]);
const final = new Set(["token_revoked", "account_inactive", "is_archived", "channel_not_found"]);

/**
 * Slack by `chat.postMessage`: what follows about the same thing goes into the thread of the first message; what asks for
 * an answer again is shown in the channel too. Slack has no key for messages: one sent twice by a crash is told by the id
 * in its metadata.
 */
export const slackBotChannel: ChannelDefinition<"slack-bot"> = {
  retries,
  keepsAlerts: false,
  where: ({ to, url }) => `Slack ${to} by ${hostOf(url)}`,
  identity: ({ to, url }) => `${url}/${to}`,
  addressed: (declaration, recipient) => ({ ...declaration, to: recipient }),
  send: async ({ token, to, url }, notification, { now, thread }, { post, secretOf }) => {
    const { id, about, kind, message } = notification;
    const [channel, timestamp] = thread?.split(" ") ?? [];
    const body = {
      channel: channel ?? to,
      ...slackMessage(message),
      unfurl_links: false,
      ...(timestamp === undefined
        ? {}
        : { thread_ts: timestamp, reply_broadcast: notificationKinds[kind].act !== "update" }),
      metadata: { event_type: "homeostat_notification", event_payload: { id, about } },
    };
    const sent = await post({
      url: `${url}/chat.postMessage`,
      headers: { authorization: `Bearer ${secretOf(token)}` },
      body: JSON.stringify(body),
    });
    if (sent.kind === "failed") return sent.result;
    const result = resultOf(retries, sent.answer, now);
    return result.kind === "sent" ? bodyResult(sent.answer) : result;
  },
};

function bodyResult(answer: HttpAnswer): SendResult {
  const { ok, error, ts, channel } = fieldsOf(answer);
  if (ok === true) {
    const reference = typeof ts === "string" && typeof channel === "string" ? `${channel} ${ts}` : undefined;
    return { kind: "sent", detail: `answered ${answer.status} ok`, reference };
  }
  const word = typeof error === "string" ? error : "no word why";
  const reason = `Slack said no: ${word}`;
  if (passing.has(word)) return { kind: "again", reason };
  return { kind: final.has(word) ? "gone" : "never", reason };
}
