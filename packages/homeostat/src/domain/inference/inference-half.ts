import type { Instant } from "../instant.ts";

/** One half of an inference that a model server logs: what it was asked, or what it answered. */
export interface InferenceHalf {
  /** The same for both halves. */
  readonly id: string;
  readonly half: "request" | "response";
  readonly receivedAt: Instant;
  /** When the server logged it, where it said. */
  readonly time: Instant | undefined;
  readonly caller: string;
  /** The service that answers, as its logger names it; empty where it does not. */
  readonly service: string;
  /** JSON text. */
  readonly payload: string;
}

/** Halves that wait for the other one. They survive restarts. */
export interface InferenceHalves {
  /** Keeps a half, once, and answers all halves that are there with its id, this one among them. */
  put(system: string, half: InferenceHalf): Promise<readonly InferenceHalf[]>;
  /** Both halves have become rows, or one has been given up. */
  remove(system: string, ids: readonly string[]): Promise<void>;
  /** Removes those whose payload is one of those meant, and answers how many. Cost: one pass over what waits. */
  removeWhere(system: string, isMeant: (payload: string) => boolean): Promise<number>;
  count(system: string): Promise<number>;
  /** Those received before, and the oldest of those beyond so many for each system; at most a thousand. */
  overdue(before: Instant, mostOfSystem: number): Promise<readonly (InferenceHalf & { readonly system: string })[]>;
}
