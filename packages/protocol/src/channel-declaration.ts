import { z } from "zod";
import { resourceName } from "./name.ts";

const variable = String.raw`\$\{env:HOMEOSTAT_SECRET_[A-Z0-9_]+\}`;

/** As it is written in declarations. */
const shown = `$\{env:HOMEOSTAT_SECRET_NAME}`;

/** A secret: its value, or the variable of the server that holds it. */
const secret = z
  .string()
  .max(2_000)
  .regex(
    new RegExp(`^(?:${variable}|(?!\\$\\{)\\S+)$`),
    `must be a secret without spaces, or ${shown}: only variables that begin with HOMEOSTAT_SECRET_ may be named`,
  )
  .describe(`The secret itself, or \`${shown}\`, read from the server's environment when a message is sent`);

const signingSecret = secret.regex(
  new RegExp(`^(?:${variable}|whsec_[A-Za-z0-9+/=]{32,})$`),
  `must be a Standard Webhooks secret (whsec_ and base64), or ${shown}`,
);

const httpUrl = z.url({ protocol: /^https?$/ });

const consoleMember = z
  .strictObject({ channel: z.literal("console") })
  .describe("One line per message on the server's console");

const webhookMember = z
  .strictObject({
    channel: z.literal("webhook"),
    url: httpUrl,
    secret: signingSecret,
    previousSecret: signingSecret
      .optional()
      .describe("While receivers change to a new secret: messages are signed with both"),
  })
  .describe("Standard Webhooks");

const secretUrl = secret.regex(
  new RegExp(`^(?:${variable}|https?://[^\\s/]+\\S*)$`),
  `must be an http or https address, or ${shown}`,
);

/** The base of an API: paths are added to it. */
const baseUrl = httpUrl.transform((url) => url.replace(/\/+$/, ""));

const slackMember = z
  .strictObject({ channel: z.literal("slack"), url: secretUrl.describe("Address of the incoming webhook") })
  .describe("Slack by an incoming webhook");

const slackBotMember = z
  .strictObject({
    channel: z.literal("slack-bot"),
    token: secret.describe("Bot token with the scope chat:write"),
    to: z
      .string()
      .regex(/^[A-Z0-9]{1,20}$/, "must be the id of a channel or a person, e.g. C0123456789")
      .describe("Id of a channel or a person"),
    url: baseUrl.default("https://slack.com/api"),
  })
  .describe("Slack by chat.postMessage: what follows goes into the thread of the first message");

const mailAddress = z
  .string()
  .max(320)
  .regex(
    /^(?:[^\r\n<>@,;"]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/,
    "must be ann@example.org or Ann <ann@example.org>",
  );

const emailMember = z
  .strictObject({
    channel: z.literal("email"),
    smtp: z.strictObject({
      host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, "must be the name or address of a host"),
      port: z.int().min(1).max(65_535).default(587),
      security: z
        .enum(["tls", "starttls", "none"])
        .default("starttls")
        .describe("`starttls`: nothing is sent unless the server offers it; `none` is for a relay on the same machine"),
      username: z.string().min(1).max(320).optional(),
      password: secret.optional(),
    }),
    from: mailAddress,
    to: z.array(mailAddress).min(1).max(50),
  })
  .describe("E-mail by SMTP");

const pagerdutyMember = z
  .strictObject({
    channel: z.literal("pagerduty"),
    routingKey: secret.describe("Integration key of Events API v2"),
    url: baseUrl.default("https://events.pagerduty.com").describe("In Europe `https://events.eu.pagerduty.com`"),
  })
  .describe("PagerDuty by Events API v2");

const opsgenieMember = z
  .strictObject({
    channel: z.literal("opsgenie"),
    apiKey: secret,
    url: baseUrl.default("https://api.opsgenie.com").describe("In Europe `https://api.eu.opsgenie.com`"),
    teams: z.array(z.string().min(1).max(100)).max(50).default([]).describe("Responders, by name"),
  })
  .describe("The alert API of Opsgenie and those who speak it");

const alertmanagerMember = z
  .strictObject({
    channel: z.literal("alertmanager"),
    url: httpUrl,
    token: secret.optional().describe("Sent as a bearer token"),
  })
  .describe("Receivers of Alertmanager's webhook, version 4");

const reference = z.strictObject({
  channel: z.literal("named"),
  name: resourceName,
  recipient: z
    .string()
    .min(1)
    .max(320)
    .optional()
    .describe("In place of the declared receiver: an address, a Slack id"),
});

/** Where a system's messages go: a channel by its name alone or as a reference, or one declared on the spot. */
export const notifyTarget = z.preprocess(
  (value) => (typeof value === "string" ? { channel: "named", name: value } : value),
  z.discriminatedUnion("channel", [
    consoleMember,
    webhookMember,
    slackMember,
    slackBotMember,
    emailMember,
    pagerdutyMember,
    opsgenieMember,
    alertmanagerMember,
    reference,
  ]),
);

const named = { name: resourceName };

/** `channels.yaml`: channels declared once, by name. */
export const channelsDeclaration = z.strictObject({
  apiVersion: z.literal("homeostat/v1"),
  kind: z.literal("Channels"),
  channels: z
    .array(
      z.discriminatedUnion("channel", [
        consoleMember.extend(named),
        webhookMember.extend(named),
        slackMember.extend(named),
        slackBotMember.extend(named),
        emailMember.extend(named),
        pagerdutyMember.extend(named),
        opsgenieMember.extend(named),
        alertmanagerMember.extend(named),
      ]),
    )
    .min(1)
    .max(200),
});

export type ChannelsDeclaration = z.infer<typeof channelsDeclaration>;
