import type { Instant } from "../instant.ts";
import type { Contract } from "./contract.ts";

/** One version of a source's contract, as it was registered. */
export interface SourceVersion {
  /** Id of the contract; the source's component is `source:<id>`. */
  readonly id: string;
  /** SHA-256 of what the contract promises: comments and layout do not change it. */
  readonly digest: string;
  readonly since: Instant;
  readonly actor: string;
  /** Whether it was registered although it breaks systems. */
  readonly breaking: boolean;
  readonly contract: Contract;
}

/** Every version ever registered is kept; the last one counts. */
export interface SourceStore {
  add(version: SourceVersion): Promise<void>;
  /** The version that counts. */
  get(id: string): Promise<SourceVersion | undefined>;
  /** The versions that count, by id. */
  list(): Promise<readonly SourceVersion[]>;
  /** Newest first. */
  versions(id: string): Promise<readonly SourceVersion[]>;
}
