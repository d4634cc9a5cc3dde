import type { ChannelState, Delivery as DeliveryAnswer } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import type { Delivery } from "../../domain/notification/delivery.ts";
import { type ListedChannel, listChannels } from "../../service/act/list-channels.ts";
import { testChannel } from "../../service/act/test-channel.ts";
import { type Handlers, refused } from "../handler.ts";
import { newId } from "../secret.ts";
import type { House } from "./house.ts";

/** Channels and what went through them. */
export function channelHandlers(house: House): Pick<Handlers, "channels" | "testChannel" | "deliveries"> {
  return {
    channels: async ({ caller }) => {
      const { systems } = caller;
      const all = await listChannels(house);
      const visible = systems === undefined ? all : all.flatMap((channel) => ownPart(channel, systems));
      return { kind: "ok", value: { items: visible.map((channel) => channelAnswer(channel, house.clock.now())) } };
    },
    testChannel: async ({ path, caller }) => {
      const ports = { ...house, newId: () => newId("test"), chance: Math.random, pageUrl: house.pageUrl() };
      const tested = await testChannel(ports, path.channel, caller.name);
      if (tested.kind === "refused") {
        const known = tested.known.length === 0 ? "none is declared" : `there are ${tested.known.join(", ")}`;
        return refused("not-found", `There is no channel ${JSON.stringify(path.channel)}: ${known}.`);
      }
      const { channel, where, deliveries } = tested;
      return { kind: "ok", value: { channel, where, deliveries: deliveries.map(deliveryAnswer) } };
    },
    deliveries: async ({ query }) => {
      const found = await house.deliveries.list(query);
      return { kind: "ok", value: { items: found.map(deliveryAnswer) } };
    },
  };
}

/** What a key bound to systems sees of a channel: nothing unless one of them uses it, and no other system's messages. */
function ownPart(channel: ListedChannel, systems: readonly string[]): readonly ListedChannel[] {
  const own = channel.systems.filter((name) => systems.includes(name));
  if (own.length === 0) return [];
  const last = channel.last?.system !== undefined && systems.includes(channel.last.system) ? channel.last : undefined;
  return [{ ...channel, systems: own, last }];
}

function channelAnswer(channel: ListedChannel, now: number): ChannelState {
  const { name, kind, where, declared, systems, waiting, last } = channel;
  const { off, pausedUntil } = channel.health ?? {};
  const pauses = pausedUntil !== undefined && pausedUntil > now;
  return {
    name,
    kind,
    where,
    declared,
    systems: [...systems],
    state: off === undefined ? (pauses ? "pausing" : "on") : "off",
    stateDetail: off === undefined ? (pauses ? isoOf(pausedUntil) : null) : `since ${isoOf(off.at)}: ${off.reason}`,
    waiting,
    last: last === undefined ? null : deliveryAnswer(last),
  };
}

/** A delivery as the API says it. */
export function deliveryAnswer(delivery: Delivery): DeliveryAnswer {
  const { notificationId, kind, channel, system, incident, state, attempts, queuedAt, at, nextAt, detail } = delivery;
  return {
    id: notificationId,
    kind,
    channel,
    system: system ?? null,
    incident: incident ?? null,
    state,
    attempts,
    queuedAt: isoOf(queuedAt),
    at: at === undefined ? null : isoOf(at),
    nextAt: nextAt === undefined ? null : isoOf(nextAt),
    detail,
  };
}
