import type { ControlStoreEvent } from "../control/control-store-event.ts";
import type { ControlStore } from "../control/open-control-store.ts";
import type { ControlPlace } from "./control-place.ts";

/** What every part of the suite works with: one store shared by all, and empty places for those that need their own. */
export interface ControlBench {
  readonly store: ControlStore;
  readonly events: readonly ControlStoreEvent[];
  createPlace(): Promise<ControlPlace>;
}
