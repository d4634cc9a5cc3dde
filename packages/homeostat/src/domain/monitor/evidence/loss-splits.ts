import type { LossSplit } from "../truth/loss-split.ts";

/** Where a segment lost more than it used to, by segment key: how much of it is data drift and how much concept drift. */
export type LossSplits = ReadonlyMap<string, LossSplit>;
