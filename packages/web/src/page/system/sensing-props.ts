import type { SystemDetail, WindowSummary } from "@homeostat/protocol";
import type { Range } from "../../data/sensing.ts";
import type { View } from "./use-view.ts";

/** What every section over windows is given. */
export interface SensingProps {
  readonly system: SystemDetail;
  /** The windows shown, oldest first. */
  readonly windows: readonly WindowSummary[];
  readonly range: Range | null;
  readonly nameWindow: (startIso: string) => string;
  readonly view: View;
}
