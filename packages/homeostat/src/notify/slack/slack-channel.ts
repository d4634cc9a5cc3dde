import { hourMs, minuteMs, secondMs } from "../../domain/instant.ts";
import { type ChannelDefinition, hostOf } from "../channel-definition.ts";
import { type RetryTable, resultOf } from "../retry-table.ts";
import { slackMessage } from "./slack-blocks.ts";

/** As https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks says of its answers. */
const retries: RetryTable = {
  pausesMs: [5 * secondMs, 30 * secondMs, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs, hourMs, 4 * hourMs],
  answers: [
    { from: 200, to: 299, means: "sent" },
    { from: 404, to: 404, means: "gone", why: "the webhook or its channel was removed" },
    { from: 408, to: 408, means: "again" },
    { from: 410, to: 410, means: "gone", why: "the Slack channel is archived" },
    { from: 429, to: 429, means: "again", why: "too many messages" },
    { from: 500, to: 599, means: "again" },
  ],
};

/** Slack by an incoming webhook. Its address is the secret; it knows neither threads nor keys. */
export const slackChannel: ChannelDefinition<"slack"> = {
  retries,
  keepsAlerts: false,
  where: ({ url }) => `Slack, ${hostOf(url)}`,
  identity: ({ url }) => url,
  send: async ({ url }, notification, { now }, { post, secretOf }) => {
    const sent = await post({ url: secretOf(url), body: JSON.stringify(slackMessage(notification.message)) });
    return sent.kind === "failed" ? sent.result : resultOf(retries, sent.answer, now);
  },
};
