/** What the command line says of a run. */
export interface BenchOptions {
  /** How many rows are sent in each format. */
  readonly rows: number;
}

/** One figure of the benchmark. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** A rate ends in `/s`: more is better. Everything else is a cost: less is better. */
  readonly unit: string;
  /** The value to hold: at least for rates, at most for costs. */
  readonly budget?: number;
}
