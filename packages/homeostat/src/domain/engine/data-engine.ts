/** Where the data plane is reached: a ClickHouse HTTP address. Embedded or a cluster, the code behind it is the same. */
export interface EngineAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** A supervised engine child process (chDB behind the ClickHouse HTTP interface on loopback). */
export interface EngineProcess {
  /** Stable for the life of this object: a restarted child comes back on the same port with the same password. */
  readonly address: EngineAddress;
  state(): EngineState;
  /** Stops the child: lets running statements finish up to the limit, then kills. */
  stop(limitMs: number): Promise<void>;
}

export interface EngineState {
  readonly phase: "starting" | "ready" | "restarting" | "failed" | "stopped";
  readonly pid: number | undefined;
  /** Restarts since start-up, with the last reason. */
  readonly restarts: number;
  readonly lastExit: string | undefined;
}
