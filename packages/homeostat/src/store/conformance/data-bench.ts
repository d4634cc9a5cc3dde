import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import type { SliceStore } from "../../domain/baseline/slice-store.ts";
import type { ContractWindowStore } from "../../domain/contract/contract-window.ts";
import type { VerdictStore } from "../../domain/monitor/verdict.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { LabelStore } from "../../domain/prediction/label-store.ts";
import type { PredictionLog } from "../../domain/prediction/prediction-log.ts";
import type { QuarantineStore } from "../../domain/quarantine/quarantine.ts";
import type { SloStore } from "../../domain/slo/slo-store.ts";
import type { DataPlace } from "./data-place.ts";

/** What every part of the data suite works with. */
export interface DataBench {
  readonly place: DataPlace;
  readonly events: EventStore;
  readonly log: PredictionLog;
  readonly profiles: ProfileStore;
  readonly slices: SliceStore;
  readonly labels: LabelStore;
  readonly verdicts: VerdictStore;
  readonly slos: SloStore;
  readonly contracts: ContractWindowStore;
  readonly quarantine: QuarantineStore;
}
