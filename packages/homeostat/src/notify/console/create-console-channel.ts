import { isoOf } from "../../domain/instant.ts";
import type { Channel, Notification } from "../../domain/notification/notification.ts";

/** One line of plain text: what comes from outside can neither break the line nor steer the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}

const verbs: Readonly<Record<Notification["kind"], string>> = {
  "incident.opened": "opened",
  "incident.diagnosed": "diagnosed",
  "incident.escalated": "escalated",
  "incident.updated": "has more findings",
  "oncall.nobody": "found nobody on call",
  "incident.acknowledged": "acknowledged",
  "incident.resolved": "resolved",
};

/** Writes notifications as one line each to whatever the process calls its console. Never fails for a message's own sake. */
export function createConsoleChannel(writeLine: (line: string) => void): Channel {
  return {
    name: "console",
    async send(notification) {
      const { incident, system, severity, owner, title, text, link, kind, at } = notification;
      const parts = [
        `${isoOf(at)} ${severity.toUpperCase()} incident ${incident} ${verbs[kind]}`,
        system,
        title,
        text,
        `owner ${owner}`,
        link,
      ];
      writeLine(parts.map(plain).join(" | "));
      return { detail: "written to the console" };
    },
  };
}
