import type { DataClient } from "../data/data-client.ts";

/** An empty data plane for a conformance suite. */
export interface DataPlace {
  readonly client: DataClient;
  /** A client that may read files below `directory`. */
  readonly files: DataClient;
  readonly directory: string;
  /** Whether `files` is a connection to the store itself. */
  readonly filesReachStore?: true;
  /** Ends the engine without warning and waits until it answers again. */
  crash(): Promise<void>;
  remove(): Promise<void>;
}
