import { hourMs, minuteMs, secondMs } from "../../domain/instant.ts";
import { cutTo, oneLine } from "../../domain/notification/message.ts";
import { type Notification, notificationKinds, type SendResult } from "../../domain/notification/notification.ts";
import { plainText } from "../../domain/notification/plain-text.ts";
import type { ChannelDefinition } from "../channel-definition.ts";
import type { RetryTable } from "../retry-table.ts";
import { htmlMail } from "./html-mail.ts";

/**
 * SMTP replies (RFC 5321 section 4.2.1): 4yz pass and are tried again, as no connection is; 5yz are final. The pauses are
 * shorter than a mail server's own: a page is no letter.
 */
const retries: RetryTable = {
  pausesMs: [10 * secondMs, minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 4 * hourMs],
  answers: [
    { from: 200, to: 399, means: "sent" },
    { from: 400, to: 499, means: "again" },
    { from: 500, to: 599, means: "never", why: "the mail server refuses it" },
  ],
};

const subjectUnits = 200;

/** E-mail by SMTP. A message sent twice has the same Message-ID; what follows about the same thing replies to the first. */
export const emailChannel: ChannelDefinition<"email"> = {
  retries,
  keepsAlerts: false,
  where: ({ to, smtp }) => `${to.join(", ")} by ${smtp.host}:${smtp.port}`,
  identity: ({ to, smtp }) => `smtp://${smtp.host}:${smtp.port}/${to.join(",")}`,
  addressed: (declaration, recipient) => ({ ...declaration, to: [recipient] }),
  send: async ({ smtp, from, to }, notification, { thread }, { mail, secretOf }) => {
    const messageId = messageIdOf(notification.id, from);
    const result = await mail(
      { ...smtp, password: smtp.password === undefined ? undefined : secretOf(smtp.password) },
      {
        from,
        to: [...to],
        subject: subjectOf(notification),
        text: `${plainText(notification.message)}\n`,
        html: htmlMail(notification.message),
        messageId,
        replyTo: thread,
        isUrgent: notification.severity === "critical" && notificationKinds[notification.kind].act === "raise",
        at: notification.at,
      },
    );
    return resultOf(result, messageId);
  },
};

function resultOf(answer: Awaited<ReturnType<MailTool>>, reference: string): SendResult {
  if (answer.kind === "taken") return { kind: "sent", detail: answer.detail, reference };
  if (answer.kind === "closed") return { kind: "never", reason: answer.reason };
  if (answer.code === undefined) return { kind: "again", reason: answer.reason };
  const rule = retries.answers.find(({ from, to }) => (answer.code ?? 0) >= from && (answer.code ?? 0) <= to);
  return { kind: rule?.means === "again" ? "again" : "never", reason: answer.reason };
}

type MailTool = Parameters<ChannelDefinition<"email">["send"]>[3]["mail"];

function subjectOf({ severity, system, message }: Notification): string {
  const where = system === undefined ? "" : `${system}: `;
  return cutTo(oneLine(`[${severity.toUpperCase()}] ${where}${message.headline}`), subjectUnits);
}

/** `<incident.opened-17-4f0c@example.org>`: from the notification's id alone, so that it is the same at every attempt. */
function messageIdOf(id: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "homeostat.invalid";
  return `<${id.replaceAll(/[^A-Za-z0-9._-]/g, "-")}@${domain}>`;
}
