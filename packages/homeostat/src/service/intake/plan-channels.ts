import { canonicalText } from "../../domain/canonical-text.ts";
import type { ChannelStore, NamedChannel } from "../../domain/notification/channel-declaration.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";

interface ChannelPorts {
  readonly declaredChannels: ChannelStore;
  readonly deliveries: Pick<DeliveryStore, "switchOn">;
}

interface ChannelStep {
  readonly action: "create" | "change" | "keep";
  readonly what: string;
  readonly detail: string;
}

/** What applying would do to channels. Details name the kind and nothing that could be a secret. */
export async function planChannels(
  { declaredChannels }: Pick<ChannelPorts, "declaredChannels">,
  channels: readonly NamedChannel[],
): Promise<readonly ChannelStep[]> {
  const known = new Map((await declaredChannels.list()).map(({ name, declaration }) => [name, declaration]));
  return channels.map(({ name, declaration }) => {
    const before = known.get(name);
    const what = `channel ${name}`;
    if (before === undefined) return { action: "create", what, detail: declaration.channel };
    return canonicalText(before) === canonicalText(declaration)
      ? { action: "keep", what, detail: "as declared" }
      : { action: "change", what, detail: declaration.channel };
  });
}

/** Saves channels. One that was switched off and is declared differently now is switched on again. */
export async function saveChannels(ports: ChannelPorts, channels: readonly NamedChannel[]): Promise<void> {
  const steps = await planChannels(ports, channels);
  await ports.declaredChannels.save(channels);
  for (const [index, { action }] of steps.entries()) {
    const name = channels[index]?.name;
    if (action === "change" && name !== undefined) await ports.deliveries.switchOn(name);
  }
}
