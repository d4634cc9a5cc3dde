/**
 * Where parts of datasets lie: whole objects under keys, written at once and never changed in place. Keys are relative
 * paths of letters, digits, `-`, `_`, `.` and `/`.
 */
export interface BlobStore {
  /** What people call this place: a folder, or `s3://bucket/prefix`. Never holds a secret. */
  readonly place: string;
  /**
   * Keeps the bytes under the key, whole or not at all; what was there before is replaced.
   * @throws Fault `blob-store-unavailable`, `blob-store-refused`.
   */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The bytes; undefined when there are none. @throws Fault as `put`. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Size in bytes without reading them; undefined when there are none. @throws Fault as `put`. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Every key that begins so, in ascending order. @throws Fault as `put`. */
  list(prefix: string): Promise<readonly string[]>;
  /** Takes the bytes away; nothing happens where there are none. @throws Fault as `put`. */
  delete(key: string): Promise<void>;
}

const keyPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Keys never name another place: no empty step, no `.`, no `..`, no absolute path. */
export function isBlobKey(key: string): boolean {
  return key.length <= 900 && keyPattern.test(key);
}
