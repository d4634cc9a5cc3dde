import { z } from "zod";
import { channelState, channelTest, delivery, deliveryState } from "./channel.ts";
import { list, type Route } from "./route-definition.ts";

/** Addresses about channels and what went through them. */
export const channelRoutes = {
  channels: {
    method: "GET",
    path: "/v1/channels",
    scope: "read",
    summary: "Channels by which people are told, with their state; never with a secret",
    answer: list(channelState),
    status: 200,
  },
  testChannel: {
    method: "POST",
    path: "/v1/channels/{channel}/test",
    scope: "operate",
    summary: "Send a marked test message and say what the receiver answered; one that answers is switched on again",
    answer: channelTest,
    status: 200,
  },
  deliveries: {
    method: "GET",
    path: "/v1/deliveries",
    scope: "read",
    summary: "Messages on their way to channels, newest first",
    query: z.object({
      incident: z.coerce.number().int().min(1).optional(),
      system: z.string().optional(),
      state: deliveryState.optional(),
      channel: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    answer: list(delivery),
    status: 200,
  },
} as const satisfies Record<string, Route>;
