import { hourMs, minuteMs, secondMs } from "../../domain/instant.ts";
import { cutTo, oneLine } from "../../domain/notification/message.ts";
import { type Notification, notificationKinds } from "../../domain/notification/notification.ts";
import { plainText } from "../../domain/notification/plain-text.ts";
import { type ChannelDefinition, hostOf } from "../channel-definition.ts";
import { type RetryTable, resultOf } from "../retry-table.ts";

/** As https://docs.opsgenie.com/docs/response says: 429 and 5xx pass, everything else is final. */
const retries: RetryTable = {
  pausesMs: [10 * secondMs, minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 4 * hourMs],
  answers: [
    { from: 200, to: 299, means: "sent" },
    { from: 408, to: 408, means: "again" },
    { from: 429, to: 429, means: "again", why: "too many requests" },
    { from: 500, to: 599, means: "again" },
  ],
};

const limits = { message: 130, alias: 512, description: 15_000, detail: 1_000, note: 25_000, source: 100, user: 100 };
const priorities = { critical: "P1", warning: "P3", info: "P5" } as const;

/** The alert API of Opsgenie and those who speak it: one alert per incident by its alias. */
export const opsgenieChannel: ChannelDefinition<"opsgenie"> = {
  retries,
  keepsAlerts: true,
  where: ({ url }) => `alert API, ${hostOf(url)}`,
  identity: ({ url, apiKey }) => `${url}/${apiKey}`,
  send: async ({ url, apiKey, teams }, notification, { now }, { post, secretOf }) => {
    const { path, body } = requestOf(notification, teams);
    const sent = await post({
      url: `${url}/v2/alerts${path}`,
      headers: { authorization: `GenieKey ${secretOf(apiKey)}` },
      body: JSON.stringify(body),
    });
    return sent.kind === "failed" ? sent.result : resultOf(retries, sent.answer, now);
  },
};

function requestOf(
  notification: Notification,
  teams: readonly string[],
): { readonly path: string; readonly body: object } {
  const { message, about, severity, system, kind, incident, recipient } = notification;
  const alias = cutTo(about, limits.alias);
  const one = (act: string): string => `/${encodeURIComponent(alias)}/${act}?identifierType=alias`;
  const note = { user: "Homeostat", source: "homeostat", note: cutTo(plainText(message), limits.note) };
  switch (notificationKinds[kind].act) {
    case "raise":
      return {
        path: "",
        body: {
          message: cutTo(oneLine(message.headline), limits.message),
          alias,
          description: cutTo(plainText(message), limits.description),
          responders: teams.map((name) => ({ name, type: "team" })),
          tags: ["homeostat", ...(system === undefined ? [] : [system])],
          details: {
            ...Object.fromEntries(message.facts.map(({ label, text }) => [label, cutTo(oneLine(text), limits.detail)])),
            ...(incident === undefined ? {} : { incident: String(incident) }),
            ...(recipient === undefined ? {} : { for: recipient }),
          },
          entity: system,
          source: "homeostat",
          priority: priorities[severity],
        },
      };
    case "update":
      return { path: one("notes"), body: note };
    case "acknowledge":
      return { path: one("acknowledge"), body: note };
    case "resolve":
      return { path: one("close"), body: note };
  }
}
