import type { InferenceHalves } from "../../domain/inference/inference-half.ts";
import { minuteMs } from "../../domain/instant.ts";
import { quarantineIdOf } from "./quarantine-id.ts";
import { type TakePorts, takeRefused } from "./take-rows.ts";

/** The other half comes within seconds where it comes at all. */
const longestWaitMs = 10 * minuteMs;
const mostWaiting = 10_000;

/**
 * Halves of inferences whose other half does not come within ten minutes, and the oldest of more than ten thousand of a
 * system, go to the quarantine. A crash between the two steps repeats the first, which changes nothing.
 */
export async function giveUpHalves(ports: TakePorts & { readonly halves: InferenceHalves }): Promise<void> {
  const overdue = await ports.halves.overdue(ports.clock.now() - longestWaitMs, mostWaiting);
  for (const { system, ...half } of overdue) {
    const payload = JSON.stringify({ id: half.id, half: half.half, service: half.service, body: half.payload });
    const row = {
      ...({ id: quarantineIdOf(system, "predictions", payload), stream: "predictions", form: "row", payload } as const),
      ...({ receivedAt: half.receivedAt, caller: half.caller, reason: "unpaired", path: "" } as const),
      expected: half.half === "request" ? "a response with the same id" : "a request with the same id",
      found: "none within ten minutes",
    };
    await takeRefused(ports, system, [row]);
    await ports.halves.remove(system, [half.id]);
  }
}
