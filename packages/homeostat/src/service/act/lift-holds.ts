import type { HoldStore, ServingHold } from "../../domain/action/serving-hold.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";

interface LiftPorts {
  readonly holds: HoldStore;
  readonly incidents: IncidentStore;
  readonly clock: Clock;
  /** The gateway asks anew. */
  releaseChanged(system: string): void;
}

/** Lets the gateway answer as usual again, and says so in the timelines. `by` undefined: because the incident is over. */
export async function liftHolds(
  ports: LiftPorts,
  system: string,
  incident: number | undefined,
  by: string | undefined,
): Promise<readonly ServingHold[]> {
  const lifted = await ports.holds.lift(system, incident);
  if (lifted.length === 0) return lifted;
  ports.releaseChanged(system);
  for (const { incident: number, action, what } of lifted) {
    const words =
      what.kind === "fallback" ? "the live release answers again" : `${what.feature} is computed for the model again`;
    await ports.incidents.change(
      number,
      {},
      { at: ports.clock.now(), kind: "action", text: `${action} was lifted: ${words}`, actor: by },
    );
  }
  return lifted;
}

/** Lifts what was held because of an incident that is over, however it came to be over. */
export async function liftWhenOver(ports: LiftPorts, number: number): Promise<void> {
  const incident = await ports.incidents.get(number);
  if (incident?.state === "resolved") await liftHolds(ports, incident.system, number, undefined);
}
