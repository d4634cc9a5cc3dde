import { z } from "zod";
import { instant } from "./name.ts";

export const deliveryState = z.enum(["waiting", "sent", "failed", "dropped"]);

/** One message on its way to one channel. */
export const delivery = z.object({
  id: z.string().describe("Of the message: the same message to two channels has one id"),
  kind: z.string().describe("`incident.opened`, `incident.resolved`, `channel.test` …"),
  channel: z.string(),
  system: z.string().nullable(),
  incident: z.int().nullable(),
  state: deliveryState.describe("`dropped`: not sent, because the channel was told before that it is over"),
  attempts: z.int(),
  queuedAt: instant,
  at: instant.nullable().describe("When it was last tried or settled; null before the first attempt"),
  nextAt: instant.nullable().describe("Not tried before this; null when it is settled"),
  detail: z.string().describe("The last answer or error"),
});
export type Delivery = z.infer<typeof delivery>;

export const channelState = z.object({
  name: z.string().describe("The declared name, or the key of a channel that a system declares on the spot"),
  kind: z.string(),
  where: z.string().describe("Where it leads, without secrets"),
  declared: z.enum(["by-name", "in-a-system"]),
  systems: z.array(z.string()).describe("Systems whose messages go there"),
  state: z.enum(["on", "pausing", "off"]),
  stateDetail: z
    .string()
    .nullable()
    .describe("Why it is off, or until when it pauses because its receiver asked for it"),
  waiting: z.int().describe("Messages that wait to be sent"),
  last: delivery.nullable().describe("The newest delivery"),
});
export type ChannelState = z.infer<typeof channelState>;

export const channelTest = z.object({
  channel: z.string(),
  where: z.string(),
  deliveries: z.array(delivery).describe("The test message; for receivers that keep alerts also the one that ends it"),
});
export type ChannelTest = z.infer<typeof channelTest>;
