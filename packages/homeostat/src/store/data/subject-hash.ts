import type { QueryParameters } from "./data-client.ts";

/**
 * The keyed hash under which erased ids are remembered (SipHash-2-4, 128 bits; Aumasson & Bernstein 2012): without the
 * key an id cannot be guessed from it by trying, and the id itself is not kept.
 */
export interface SubjectHash {
  /** SQL for the hash of a text, as 32 hex digits. */
  sql(value: string): string;
  /** Must go with every statement that holds `sql`. */
  readonly parameters: QueryParameters;
}

/** @param key 32 hex digits, kept in the control store. */
export function subjectHashOf(key: string): SubjectHash {
  const parameters = {
    hash_first: BigInt(`0x${key.slice(0, 16)}`).toString(),
    hash_second: BigInt(`0x${key.slice(16, 32)}`).toString(),
  };
  return {
    sql: (value) => `lower(hex(sipHash128Keyed(({hash_first:UInt64}, {hash_second:UInt64}), ${value})))`,
    parameters,
  };
}

/** Remembers of what was erased: hashes of subjects' ids and of their predictions' ids. */
export const erasedTable = `CREATE TABLE IF NOT EXISTS erased (
    system LowCardinality(String), kind Enum8('subject' = 1, 'prediction' = 2), hash FixedString(32), at DateTime64(3, 'UTC')
  ) ENGINE = MergeTree ORDER BY (system, kind, hash) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;
