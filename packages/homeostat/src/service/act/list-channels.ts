import type { ChannelStore, NotifyTarget } from "../../domain/notification/channel-declaration.ts";
import type { ChannelHealth, Delivery, DeliveryStore } from "../../domain/notification/delivery.ts";
import type { ChannelFactory } from "../../domain/notification/notification.ts";
import type { SystemStore } from "../../domain/system/system.ts";

export interface ChannelPorts {
  readonly systems: Pick<SystemStore, "list">;
  readonly declaredChannels: Pick<ChannelStore, "list" | "get">;
  readonly deliveries: DeliveryStore;
  readonly channels: ChannelFactory;
}

/** A channel with who uses it and how it does. */
export interface ListedChannel {
  /** The declared name, or the key of one that a system declares on the spot. */
  readonly name: string;
  readonly kind: string;
  readonly where: string;
  readonly declared: "by-name" | "in-a-system";
  readonly target: NotifyTarget;
  readonly systems: readonly string[];
  readonly health: ChannelHealth | undefined;
  readonly waiting: number;
  readonly last: Delivery | undefined;
}

/** Every channel: those declared by name and those that systems declare on the spot, each with its state. */
export async function listChannels(ports: ChannelPorts): Promise<readonly ListedChannel[]> {
  const [named, systems, health] = await Promise.all([
    ports.declaredChannels.list(),
    ports.systems.list(),
    ports.deliveries.health(),
  ]);
  const uses = systems.flatMap(({ system }) => system.notify.map((target) => ({ system: system.name, target })));
  const kinds = new Map(named.map(({ name, declaration }) => [name, declaration.channel]));
  const found = new Map<string, NotifyTarget>();
  for (const { name } of named) found.set(name, { channel: "named", name });
  for (const { target } of uses) found.set(ports.channels.keyOf(target), target);
  return Promise.all(
    [...found].map(async ([name, target]): Promise<ListedChannel> => {
      const [last] = await ports.deliveries.list({ channel: name, limit: 1 });
      return {
        name,
        kind: target.channel === "named" ? (kinds.get(target.name) ?? "unknown") : target.channel,
        where: (await ports.channels.create(target)).where,
        declared: target.channel === "named" ? "by-name" : "in-a-system",
        target,
        systems: uses.filter((use) => ports.channels.keyOf(use.target) === name).map(({ system }) => system),
        health: health.get(name),
        waiting: (await ports.deliveries.list({ channel: name, state: "waiting" })).length,
        last,
      };
    }),
  );
}
