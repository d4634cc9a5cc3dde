import type { Channel, ChannelFactory } from "../domain/notification/notification.ts";
import type { ChannelDeclaration } from "../domain/system/system.ts";
import { createConsoleChannel } from "./console/create-console-channel.ts";
import { createWebhookChannel } from "./webhook/create-webhook-channel.ts";
import { createGuardedAgent } from "./webhook/guarded-agent.ts";

export interface ChannelOptions {
  /** Writes one line of text to the console of the process. */
  readonly writeLine: (line: string) => void;
  /** Lets webhooks reach this machine and its network: for demos and tests. */
  readonly allowPrivate: boolean;
  /** For one whole webhook exchange; 10 seconds when absent. */
  readonly timeoutMs?: number;
}

type Kind = ChannelDeclaration["channel"];
type Maker<K extends Kind> = (declaration: Extract<ChannelDeclaration, { readonly channel: K }>) => Channel;

const usualTimeoutMs = 10_000;

/**
 * Makes channels from what systems declare. The table is total: a channel that can be declared but not made does not
 * compile. To add one: its folder, its member of `ChannelDeclaration`, its line here.
 */
export function createChannels(options: ChannelOptions): ChannelFactory {
  const { writeLine, allowPrivate, timeoutMs = usualTimeoutMs } = options;
  const agent = createGuardedAgent(allowPrivate, timeoutMs);
  const makers = {
    console: () => createConsoleChannel(writeLine),
    webhook: ({ url, secret }) => createWebhookChannel({ url, secret, agent, allowPrivate, timeoutMs }),
  } satisfies { readonly [K in Kind]: Maker<K> };
  return {
    create: (declaration) => (makers[declaration.channel] as Maker<Kind>)(declaration),
  };
}
