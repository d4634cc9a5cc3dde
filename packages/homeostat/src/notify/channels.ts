import { createHash } from "node:crypto";
import {
  type ChannelDeclaration,
  type ChannelKind,
  type ChannelStore,
  type NotifyTarget,
  variableOf,
} from "../domain/notification/channel-declaration.ts";
import type {
  Channel,
  ChannelFactory,
  Notification,
  SendContext,
  SendResult,
} from "../domain/notification/notification.ts";
import { alertmanagerChannel } from "./alertmanager/alertmanager-channel.ts";
import { type ChannelDefinition, type ChannelTools, hostOf, MissingSecretError } from "./channel-definition.ts";
import { consoleChannel } from "./console/console-channel.ts";
import { emailChannel } from "./email/email-channel.ts";
import { createSendMail } from "./email/send-mail.ts";
import { createPostJson } from "./http-client.ts";
import { opsgenieChannel } from "./opsgenie/opsgenie-channel.ts";
import { pagerdutyChannel } from "./pagerduty/pagerduty-channel.ts";
import { slackBotChannel } from "./slack/slack-bot-channel.ts";
import { slackChannel } from "./slack/slack-channel.ts";
import { createGuardedAgent } from "./webhook/guarded-agent.ts";
import { webhookChannel } from "./webhook/webhook-channel.ts";

export interface ChannelOptions {
  /** Channels declared by name. */
  readonly declared: Pick<ChannelStore, "get">;
  /** Writes one line of text to the console of the process. */
  readonly writeLine: (line: string) => void;
  /** Lets channels reach this machine and its network by HTTP: for demos and tests. */
  readonly allowPrivate: boolean;
  /** Mail servers that may have an address of this machine or its network. */
  readonly mailHosts: readonly string[];
  /** Authorities for mail servers, in place of the usual ones. */
  readonly mailAuthorities?: string | undefined;
  /** For one whole HTTP exchange, and for each pause of a mail server; 10 seconds when absent. */
  readonly timeoutMs?: number;
  /** Where secrets are looked up that are declared as `${env:NAME}`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Tells this installation from others that speak to the same receivers: a part of every key that leaves the house. */
  readonly installation: string;
}

const usualTimeoutMs = 10_000;

/** Every kind of channel. To add one: its folder, its member of `ChannelDeclaration`, its line here. */
const channelDefinitions: { readonly [K in ChannelKind]: ChannelDefinition<K> } = {
  alertmanager: alertmanagerChannel,
  console: consoleChannel,
  email: emailChannel,
  opsgenie: opsgenieChannel,
  pagerduty: pagerdutyChannel,
  slack: slackChannel,
  "slack-bot": slackBotChannel,
  webhook: webhookChannel,
};

/** The definition of a declaration's own kind; the one place where the two are brought together. */
function definitionOf(declaration: ChannelDeclaration): ChannelDefinition<ChannelKind> {
  return channelDefinitions[declaration.channel] as unknown as ChannelDefinition<ChannelKind>;
}

/** Makes channels from what is declared: by name, or on the spot in a system. */
export function createChannels(options: ChannelOptions): ChannelFactory {
  const { writeLine, allowPrivate, timeoutMs = usualTimeoutMs, variables, installation } = options;
  const agent = createGuardedAgent(allowPrivate, timeoutMs);
  const tools: ChannelTools = {
    writeLine,
    post: createPostJson({ agent, allowPrivate, timeoutMs }),
    mail: createSendMail({ privateHosts: options.mailHosts, timeoutMs, ca: options.mailAuthorities }),
    secretOf: (declared) => {
      const variable = variableOf(declared);
      if (variable === undefined) return declared;
      const value = variables[variable];
      if (value === undefined || value === "") throw new MissingSecretError(variable);
      return value;
    },
  };

  function channelOf(key: string, declaration: ChannelDeclaration): Channel {
    const definition = definitionOf(declaration);
    return {
      key,
      where: definition.where(declaration),
      pausesMs: definition.retries.pausesMs,
      keepsAlerts: definition.keepsAlerts,
      send: async (notification, context) => {
        try {
          return await definition.send(declaration, abroad(notification, installation), context, tools);
        } catch (thrown) {
          if (thrown instanceof MissingSecretError) return { kind: "again", reason: thrown.message };
          throw thrown;
        }
      },
    };
  }

  return {
    keyOf,
    create: async (target) => {
      const key = keyOf(target);
      if (target.channel !== "named") return channelOf(key, target);
      const named = await options.declared.get(target.name);
      if (named === undefined) return missingChannel(key, `no channel is declared by the name ${target.name}`);
      if (target.recipient === undefined) return channelOf(key, named.declaration);
      const { addressed } = definitionOf(named.declaration);
      if (addressed === undefined)
        return missingChannel(
          key,
          `${target.name} is a channel of kind ${named.declaration.channel}, which takes no recipient`,
        );
      return channelOf(key, addressed(named.declaration, target.recipient));
    },
  };
}

/** `ml-mail`, `ml-mail:ann@example.org`, `console`, `webhook:hooks.example.org:1a2b3c4d`. */
function keyOf(target: NotifyTarget): string {
  if (target.channel === "named")
    return target.recipient === undefined ? target.name : `${target.name}:${target.recipient}`;
  const identity = definitionOf(target).identity(target);
  if (identity === undefined) return target.channel;
  return `${target.channel}:${hostOf(identity)}:${createHash("sha256").update(identity).digest("hex").slice(0, 8)}`;
}

/** Two installations may have an incident 17 each, and one receiver: outside, keys name the installation. */
function abroad(notification: Notification, installation: string): Notification {
  return {
    ...notification,
    id: `${notification.id}-${installation}`,
    about: `homeostat-${installation}-${notification.about}`,
  };
}

function missingChannel(key: string, reason: string): Channel {
  const send = async (_: Notification, __: SendContext): Promise<SendResult> => ({ kind: "never", reason });
  return { key, where: "nowhere", pausesMs: [], keepsAlerts: false, send };
}
