/**
 * Faults: the world failed (engine, database, disk, network). Thrown, with a code from this catalogue, whether trying
 * again can help, and the cause. Refusals are not faults: they are returned as values. Bugs are invariants.
 */
interface FaultSpec {
  /** What is wrong, in a sentence a person can act on. `{name}` is filled from the detail. */
  readonly message: string;
  readonly retryable: boolean;
}

export const faults = {
  "engine-unavailable": { message: "the data engine is not answering: {reason}", retryable: true },
  "engine-query-failed": { message: "the data engine refused a query: {reason}", retryable: false },
  "rows-refused": { message: "the data engine refuses rows for good: {reason}", retryable: false },
  "quarantine-full": {
    message:
      "the quarantine of {system} has no room for {rows} rows that the data engine refuses; replay or discard some of its entries",
    retryable: true,
  },
  "engine-timeout": { message: "the data engine did not finish within {limitMs} ms", retryable: true },
  "control-store-unavailable": { message: "the control store is not answering: {reason}", retryable: true },
  "control-store-failed": { message: "the control store refused a statement: {reason}", retryable: false },
  "spool-full": {
    message: "the spool holds {bytes} of {limitBytes} bytes; the store is not taking rows fast enough",
    retryable: true,
  },
  "spool-old": {
    message:
      "rows have waited in the spool for {ageMs} ms, longer than the {limitMs} ms allowed; the store is not taking them",
    retryable: true,
  },
  "spool-unwritable": { message: "the spool cannot be written at {path}: {reason}", retryable: true },
  "spool-corrupt": { message: "the spool segment {path} is damaged at byte {offset}: {reason}", retryable: false },
  "data-directory-held": {
    message:
      "the data directory {path} is in use by process {pid} (started {startedAt}); stop it first or choose another with --data",
    retryable: false,
  },
  "data-directory-unwritable": { message: "the data directory {path} cannot be written: {reason}", retryable: false },
  "data-directory-newer": {
    message:
      "the data directory {path} was written by a newer Homeostat (format {found}, this one knows {known}); upgrade Homeostat or choose another directory with --data",
    retryable: false,
  },
  "data-directory-corrupt": { message: "the data directory {path} is damaged: {reason}", retryable: false },
  "port-in-use": {
    message: "port {port} on {host} is taken by another program; choose another with --port",
    retryable: false,
  },
  "model-unavailable": { message: "model {model} cannot be used: {reason}", retryable: true },
  "training-failed": { message: "training failed: {reason}", retryable: false },
  "examination-failed": { message: "it was not examined: {reason}", retryable: false },
  "release-failed": { message: "the release was not made: {reason}", retryable: false },
  "notification-failed": { message: "channel {channel} did not take the message: {reason}", retryable: true },
  "dataset-failed": { message: "the dataset was not made: {reason}", retryable: false },
  "dataset-damaged": { message: "dataset {dataset} cannot be read: {reason}", retryable: false },
  "blob-store-unavailable": { message: "the place of datasets {place} is not answering: {reason}", retryable: true },
  "blob-store-refused": { message: "the place of datasets {place} refused: {reason}", retryable: false },
  "backup-failed": { message: "the backup was not made: {reason}", retryable: false },
  "backup-unreadable": { message: "the backup {path} cannot be restored: {reason}", retryable: false },
  "artifact-unreadable": { message: "the file {path} cannot be read: {reason}", retryable: false },
} as const satisfies Record<string, FaultSpec>;

export type FaultCode = keyof typeof faults;

export type FaultDetail = Readonly<Record<string, string | number>>;

/** One class for every fault. `message` is safe to show to the operator, never to an unauthenticated caller. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  readonly retryable: boolean;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, detail: FaultDetail = {}, cause?: unknown) {
    super(
      faults[code].message.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(detail[name] ?? `(${name} unknown)`)),
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retryable = faults[code].retryable;
    this.detail = detail;
  }
}

/** The text of an unknown thrown value, for the `reason` of a fault. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
