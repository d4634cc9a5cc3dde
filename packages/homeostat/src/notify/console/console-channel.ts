import { isoOf } from "../../domain/instant.ts";
import { oneLine } from "../../domain/notification/message.ts";
import { notificationKinds } from "../../domain/notification/notification.ts";
import type { ChannelDefinition } from "../channel-definition.ts";

/** Writes messages as one line each to whatever the process calls its console. Never fails for a message's own sake. */
export const consoleChannel: ChannelDefinition<"console"> = {
  retries: { pausesMs: [], answers: [] },
  keepsAlerts: false,
  where: () => "the console of the server",
  identity: () => undefined,
  send: async (_, notification, __, { writeLine }) => {
    const { incident, system, severity, owner, message, kind, at, recipient, reason } = notification;
    const about =
      incident === undefined ? notificationKinds[kind].word : `incident ${incident} ${notificationKinds[kind].word}`;
    const parts = [
      `${isoOf(at)} ${severity.toUpperCase()} ${about}`,
      ...(system === undefined ? [] : [system]),
      message.title,
      message.sentence,
      ...(owner === undefined ? [] : [`owner ${owner}`]),
      ...(recipient === undefined ? [] : [`for ${recipient}`]),
      ...(reason === undefined ? [] : [reason]),
      ...message.links.slice(0, 1).map(({ href }) => href),
    ];
    writeLine([...new Set(parts.map(oneLine))].join(" | "));
    return { kind: "sent", detail: "written to the console" };
  },
};
