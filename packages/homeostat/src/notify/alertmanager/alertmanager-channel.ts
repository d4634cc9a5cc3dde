import { createHash } from "node:crypto";
import { hourMs, isoOf, minuteMs, secondMs } from "../../domain/instant.ts";
import { type Notification, notificationKinds } from "../../domain/notification/notification.ts";
import { plainText } from "../../domain/notification/plain-text.ts";
import { type ChannelDefinition, hostOf } from "../channel-definition.ts";
import { type RetryTable, resultOf } from "../retry-table.ts";

/** Alertmanager itself tries 5xx again and drops 4xx; 429 is tried again here all the same: it costs nobody anything. */
const retries: RetryTable = {
  pausesMs: [5 * secondMs, 30 * secondMs, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs, hourMs, 4 * hourMs],
  answers: [
    { from: 200, to: 299, means: "sent" },
    { from: 408, to: 408, means: "again" },
    { from: 410, to: 410, means: "gone", why: "the receiver is gone" },
    { from: 429, to: 429, means: "again", why: "too many messages" },
    { from: 500, to: 599, means: "again" },
  ],
};

const neverEnded = "0001-01-01T00:00:00Z";

/** For receivers of Alertmanager's webhook, version 4: one alert per incident, firing until it is resolved. */
export const alertmanagerChannel: ChannelDefinition<"alertmanager"> = {
  retries,
  keepsAlerts: true,
  where: ({ url }) => hostOf(url),
  identity: ({ url }) => url,
  send: async ({ url, token }, notification, { now }, { post, secretOf }) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${secretOf(token)}` };
    const sent = await post({ url, headers, body: JSON.stringify(payloadOf(notification)) });
    return sent.kind === "failed" ? sent.result : resultOf(retries, sent.answer, now);
  },
};

function payloadOf(notification: Notification): object {
  const { about, kind, message, system, severity, owner, incident, at, since } = notification;
  const isOver = notificationKinds[kind].act === "resolve";
  const status = isOver ? "resolved" : "firing";
  const labels = known({
    alertname: "HomeostatIncident",
    system,
    severity,
    owner,
    incident: incident === undefined ? undefined : String(incident),
  });
  const annotations = known({
    summary: message.headline,
    description: plainText(message),
    runbook: message.next,
    state: notificationKinds[kind].word,
  });
  const externalUrl = message.links[0]?.href ?? "";
  return {
    version: "4",
    groupKey: about,
    truncatedAlerts: 0,
    status,
    receiver: "homeostat",
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: externalUrl,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: isoOf(since ?? at),
        endsAt: isOver ? isoOf(at) : neverEnded,
        generatorURL: externalUrl,
        fingerprint: createHash("sha256").update(about).digest("hex").slice(0, 16),
      },
    ],
  };
}

function known(texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}
