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
  z.discriminatedUnion("channel", [consoleMember, webhookMember, reference]),
);

const named = { name: resourceName };

/** `channels.yaml`: channels declared once, by name. */
export const channelsDeclaration = z.strictObject({
  apiVersion: z.literal("homeostat/v1"),
  kind: z.literal("Channels"),
  channels: z
    .array(z.discriminatedUnion("channel", [consoleMember.extend(named), webhookMember.extend(named)]))
    .min(1)
    .max(200),
});

export type ChannelsDeclaration = z.infer<typeof channelsDeclaration>;
