import type { System } from "../../domain/system/system.ts";
import { type Refusal, refused } from "../handler.ts";
import type { House } from "./house.ts";

/** The system of a path, or the refusal to answer with. */
export async function findSystem(
  house: Pick<House, "systems">,
  name: string,
): Promise<{ readonly kind: "found"; readonly system: System } | Refusal> {
  const stored = await house.systems.get(name);
  return stored === undefined
    ? refused("unknown-system", `There is no system called ${JSON.stringify(name)}.`)
    : { kind: "found", system: stored.system };
}
