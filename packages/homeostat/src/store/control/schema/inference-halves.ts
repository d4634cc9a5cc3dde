export interface InferenceHalvesTable {
  readonly system: string;
  readonly id: string;
  readonly half: "request" | "response";
  readonly received_at: number;
  readonly time: number | null;
  readonly caller: string;
  readonly service: string;
  readonly payload: string;
}
