import type { NotifyTarget } from "../../domain/notification/channel-declaration.ts";
import type { Delivery } from "../../domain/notification/delivery.ts";
import type { Message } from "../../domain/notification/message.ts";
import type { NotificationKind } from "../../domain/notification/notification.ts";
import { attempt, type DeliverPorts, leaseMs } from "./deliver.ts";
import { type ChannelPorts, listChannels } from "./list-channels.ts";

export interface TestPorts extends ChannelPorts, DeliverPorts {
  /** Something nobody had before, for the id of the test. */
  readonly newId: () => string;
  /** Base address of the page, for the link. */
  readonly pageUrl: string;
}

type TestOutcome =
  | {
      readonly kind: "tested";
      readonly channel: string;
      readonly where: string;
      readonly deliveries: readonly Delivery[];
    }
  | { readonly kind: "refused"; readonly reason: "unknown-channel"; readonly known: readonly string[] };

/**
 * Sends a marked message through the same path as a page: outbox, claim, channel, record. It is tried once. Receivers
 * that keep alerts get a second one that ends it. A channel that was switched off and answers is switched on again.
 */
export async function testChannel(ports: TestPorts, name: string, by: string): Promise<TestOutcome> {
  const known = await listChannels(ports);
  const found = known.find((channel) => channel.name === name);
  if (found === undefined) return { kind: "refused", reason: "unknown-channel", known: known.map((one) => one.name) };
  const id = ports.newId();
  const { keepsAlerts, where } = await ports.channels.create(found.target);
  const kinds: readonly NotificationKind[] = keepsAlerts ? ["channel.test", "channel.test-over"] : ["channel.test"];
  const deliveries: Delivery[] = [];
  for (const kind of kinds) {
    const delivery = await sendTest(ports, { target: found.target, channel: name, kind, id, by });
    if (delivery === undefined) break;
    deliveries.push(delivery);
    if (delivery.state !== "sent") break;
    await ports.deliveries.switchOn(name);
  }
  return { kind: "tested", channel: name, where, deliveries };
}

async function sendTest(
  ports: TestPorts,
  test: {
    readonly target: NotifyTarget;
    readonly channel: string;
    readonly kind: NotificationKind;
    readonly id: string;
    readonly by: string;
  },
): Promise<Delivery | undefined> {
  const { target, channel, kind, id } = test;
  const now = ports.clock.now();
  const notification = {
    id: `${kind}-${id}`,
    kind,
    about: `test-${id}`,
    incident: undefined,
    system: undefined,
    severity: "info" as const,
    owner: undefined,
    message: testMessage(kind, test, ports.pageUrl),
    at: now,
  };
  await ports.deliveries.queue({ notification, target, channel }, now);
  const claim = await ports.deliveries.claimOne(notification.id, channel, now, leaseMs);
  if (claim !== undefined) await attempt(ports, claim);
  const recent = await ports.deliveries.list({ channel, limit: 20 });
  return recent.find(({ notificationId }) => notificationId === notification.id);
}

function testMessage(
  kind: NotificationKind,
  test: { readonly channel: string; readonly by: string },
  page: string,
): Message {
  const isOver = kind === "channel.test-over";
  return {
    title: "Test message of Homeostat",
    headline: isOver ? "TEST is over: message of Homeostat" : "TEST: message of Homeostat, nothing is wrong",
    sentence: isOver
      ? "The test is over; nothing was wrong."
      : `This is a test of the channel ${test.channel}, sent by ${test.by}: incidents will arrive here. Nothing is wrong.`,
    facts: [],
    next: undefined,
    links: [{ label: "Homeostat", href: page }],
  };
}
