import { hourMs, isoOf, minuteMs } from "../../domain/instant.ts";
import { cutTo, oneLine } from "../../domain/notification/message.ts";
import { type AlertAct, type Notification, notificationKinds } from "../../domain/notification/notification.ts";
import { type ChannelDefinition, hostOf } from "../channel-definition.ts";
import { type RetryTable, resultOf } from "../retry-table.ts";

/** As https://developer.pagerduty.com/docs/events-api-v2-overview says: backoff of minutes, and 400 is final. */
const retries: RetryTable = {
  pausesMs: [minuteMs, 2 * minuteMs, 5 * minuteMs, 10 * minuteMs, 20 * minuteMs, hourMs, 4 * hourMs],
  answers: [
    { from: 200, to: 299, means: "sent" },
    { from: 400, to: 400, means: "never", why: "PagerDuty refuses the event" },
    { from: 408, to: 408, means: "again" },
    { from: 429, to: 429, means: "again", why: "too many events" },
    { from: 500, to: 599, means: "again" },
  ],
};

const actions: Readonly<Record<AlertAct, "trigger" | "acknowledge" | "resolve">> = {
  raise: "trigger",
  update: "trigger",
  acknowledge: "acknowledge",
  resolve: "resolve",
};

const summaryUnits = 1_024;
const keyUnits = 255;
const sourceUnits = 255;
const eventBytes = 512 * 1_024;

/** PagerDuty by Events API v2: one alert per incident by its `dedup_key`, so that an event sent twice is one. */
export const pagerdutyChannel: ChannelDefinition<"pagerduty"> = {
  retries,
  keepsAlerts: true,
  where: ({ url }) => `PagerDuty, ${hostOf(url)}`,
  identity: ({ url, routingKey }) => `${url}/${routingKey}`,
  send: async ({ url, routingKey }, notification, { now }, { post, secretOf }) => {
    const sent = await post({ url: `${url}/v2/enqueue`, body: eventOf(secretOf(routingKey), notification) });
    return sent.kind === "failed" ? sent.result : resultOf(retries, sent.answer, now);
  },
};

/** The event; where it would be larger than PagerDuty takes, its details are replaced by a note that says so. */
function eventOf(routingKey: string, notification: Notification): string {
  const { kind, about, message, severity, system, at } = notification;
  const action = actions[notificationKinds[kind].act];
  const key = { routing_key: routingKey, event_action: action, dedup_key: cutTo(about, keyUnits) };
  if (action !== "trigger") return JSON.stringify(key);
  const payload = {
    summary: cutTo(oneLine(message.headline), summaryUnits),
    source: cutTo(system ?? "homeostat", sourceUnits),
    severity,
    timestamp: isoOf(at),
    component: system,
    group: notification.owner,
    class: kind,
    custom_details: pagerdutyDetails(notification),
  };
  const event = {
    ...key,
    payload,
    // A runbook may be words; a link must be an address.
    links: message.links.filter(({ href }) => /^https?:/.test(href)).map(({ href, label }) => ({ href, text: label })),
    client: "Homeostat",
    client_url: message.links[0]?.href,
  };
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) <= eventBytes) return text;
  const note = "The details are larger than PagerDuty takes; they are on the page of the incident.";
  return JSON.stringify({ ...event, payload: { ...payload, custom_details: { note } } });
}

/** What a person reads in the alert, by label. */
function pagerdutyDetails({ message, recipient }: Notification): Readonly<Record<string, string>> {
  const { sentence, facts, next } = message;
  return {
    "What is wrong": oneLine(sentence),
    ...Object.fromEntries(facts.map(({ label, text }) => [label, oneLine(text)])),
    ...(next === undefined ? {} : { "What to do next": oneLine(next) }),
    ...(recipient === undefined ? {} : { For: recipient }),
  };
}
