import type { System } from "../../domain/system/system.ts";
import { quarantineIdOf } from "../../service/intake/quarantine-id.ts";
import { takeRefused } from "../../service/intake/take-rows.ts";
import type { CloudEvent, EventIssue } from "../cloud-event.ts";
import type { Call } from "../handler.ts";
import { rowsOfPair } from "../kserve-pair.ts";
import { readInstant } from "../read-instant.ts";
import type { House } from "./house.ts";

const prefix = "org.kubeflow.serving.inference.";

export function isInferenceEvent(event: CloudEvent): boolean {
  return event.type === `${prefix}request` || event.type === `${prefix}response`;
}

/**
 * Keeps half of an inference until the other comes, in whatever order, also across restarts; then answers the rows that
 * both make, and the id to let go of once those are durable. No rows: it waits.
 * @throws Fault of the control store; the sender may send it again.
 */
export async function pairInferences(
  house: House,
  system: System,
  event: CloudEvent,
  call: Pick<Call<"sendEvents">, "caller" | "receivedAt">,
): Promise<{ readonly rows: readonly string[]; readonly done: readonly string[] } | EventIssue> {
  if (system.serving !== "monitor-only")
    return { path: "type", expected: "no inference: the gateway logs its own", found: event.type };
  if (event.id.length > 180)
    return { path: "id", expected: "text of at most 180 characters", found: event.id.slice(0, 80) };
  const halves = await house.halves.put(system.name, {
    id: event.id,
    half: event.type === `${prefix}request` ? "request" : "response",
    receivedAt: call.receivedAt,
    time: event.time === undefined ? undefined : readInstant(event.time),
    caller: call.caller.name,
    service: event.service ?? "",
    payload: event.data,
  });
  const request = halves.find(({ half }) => half === "request");
  const response = halves.find(({ half }) => half === "response");
  if (request === undefined || response === undefined) return { rows: [], done: [] };
  const rows = rowsOfPair(request, response, system.pipeline.inputs, system.task);
  if ("rows" in rows) return { rows: rows.rows, done: [event.id] };
  const payload = JSON.stringify({ id: event.id, request: request.payload, response: response.payload });
  await takeRefused(house, system.name, [
    {
      ...{ id: quarantineIdOf(system.name, "predictions", payload), stream: "predictions", form: "row", payload },
      ...{ receivedAt: call.receivedAt, caller: call.caller.name, reason: "shape" },
      ...rows,
    },
  ]);
  await house.halves.remove(system.name, [event.id]);
  return rows;
}
