import type { Cancellation } from "../../domain/cancellation.ts";
import { reasonOf } from "../../domain/fault.ts";
import type { IncidentState, IncidentStore } from "../../domain/incident/incident.ts";
import { type Clock, secondMs } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { ClaimedDelivery, DeliveryOutcome, DeliveryStore } from "../../domain/notification/delivery.ts";
import {
  type Channel,
  type ChannelFactory,
  notificationKinds,
  type SendResult,
} from "../../domain/notification/notification.ts";
import { reasonToDrop, settleAttempt } from "../../domain/notification/settle-attempt.ts";

export interface DeliverPorts {
  readonly deliveries: DeliveryStore;
  readonly incidents: Pick<IncidentStore, "change" | "get">;
  readonly jobs: Pick<JobQueue, "send">;
  readonly channels: ChannelFactory;
  readonly clock: Clock;
  /** A number in [0, 1), for spreading pauses. */
  readonly chance: () => number;
}

/** Longer than any channel takes for one message; a process that dies leaves its message for others after it. */
export const leaseMs = 90 * secondMs;

/**
 * Sends what waits for a channel, oldest first, until nothing is due or the receiver asks for patience. A message is
 * never sent before an unsettled one about the same thing. Of several processes one sends it; a crash between sending and
 * recording sends it again with the same id. Answers how many attempts were made.
 */
export async function deliverDue(
  ports: DeliverPorts,
  channel: string,
  cancellation: Cancellation,
): Promise<{ readonly attempts: number }> {
  let attempts = 0;
  while (!cancellation.aborted) {
    const claim = await ports.deliveries.claim(channel, ports.clock.now(), leaseMs);
    if (claim === undefined) break;
    attempts += 1;
    const { state } = await attempt(ports, claim);
    if (state === "waiting") break;
  }
  return { attempts };
}

/** Tries one claimed message and records what came of it. */
export async function attempt(ports: DeliverPorts, claim: ClaimedDelivery): Promise<DeliveryOutcome> {
  const dropped = reasonToDrop(claim, await stateOf(ports, claim));
  if (dropped !== undefined) {
    const outcome = { state: "dropped", detail: dropped } as const;
    await ports.deliveries.settle(claim, outcome, ports.clock.now());
    return outcome;
  }
  const channel = await ports.channels.create(claim.target);
  const result = await resultOf(ports, channel, claim);
  const now = ports.clock.now();
  const { outcome, pauseUntil, off } = settleAttempt(result, claim, {
    pausesMs: channel.pausesMs,
    now,
    chance: ports.chance(),
  });
  if (pauseUntil !== undefined) await ports.deliveries.pause(claim.channel, pauseUntil);
  if (off !== undefined) await ports.deliveries.switchOff(claim.channel, now, off);
  const settled = await ports.deliveries.settle(claim, outcome, now);
  if (settled === "settled" && outcome.state !== "waiting") await tellTimeline(ports, claim, outcome);
  return outcome;
}

async function stateOf(
  { incidents }: DeliverPorts,
  { notification: { incident } }: ClaimedDelivery,
): Promise<IncidentState | undefined> {
  return incident === undefined ? undefined : (await incidents.get(incident))?.state;
}

async function resultOf(ports: DeliverPorts, channel: Channel, claim: ClaimedDelivery): Promise<SendResult> {
  const off = (await ports.deliveries.health()).get(claim.channel)?.off;
  const isTest = notificationKinds[claim.notification.kind].isTest;
  if (off !== undefined && !isTest)
    return {
      kind: "never",
      reason: `the channel is switched off (${off.reason}); \`homeostat channel test\` switches it on again when it answers`,
    };
  try {
    return await channel.send(claim.notification, { now: ports.clock.now(), thread: claim.thread });
  } catch (thrown) {
    // Whatever a channel did not foresee: a page that is late is better than none.
    return { kind: "again", reason: reasonOf(thrown) };
  }
}

async function tellTimeline(ports: DeliverPorts, claim: ClaimedDelivery, outcome: DeliveryOutcome): Promise<void> {
  const { incident, kind } = claim.notification;
  if (incident === undefined) return;
  const { word } = notificationKinds[kind];
  const text =
    outcome.state === "sent"
      ? `${claim.channel} was told: ${word}`
      : `${claim.channel} was not told (${word}): ${outcome.detail}`;
  await ports.incidents.change(incident, {}, { at: ports.clock.now(), kind: "notified", text, actor: undefined });
  // Somebody was not reached and never will be: whoever comes next is told at once.
  if (outcome.state === "failed")
    await ports.jobs.send("escalate", { incident }, { singleton: `incident-${incident}` });
}
