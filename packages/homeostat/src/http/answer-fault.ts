import type { PublicErrorCode } from "@homeostat/protocol";
import type { FaultCode } from "../domain/fault.ts";

export interface FaultAnswer {
  readonly code: PublicErrorCode;
  readonly retryAfterSeconds?: number;
}

/**
 * The one bridge from what failed inside to what a caller is told. Total: a new fault that nobody translates does not
 * compile. Retry-After is how long the part in question usually needs: a restarted engine or store is back within
 * seconds, a full spool drains while the shipper works, a full disk needs a person.
 */
export const faultAnswers: Readonly<Record<FaultCode, FaultAnswer>> = {
  "engine-unavailable": { code: "unavailable", retryAfterSeconds: 2 },
  "engine-query-failed": { code: "internal" },
  "rows-refused": { code: "internal" },
  "quarantine-full": { code: "unavailable", retryAfterSeconds: 60 },
  "engine-timeout": { code: "unavailable", retryAfterSeconds: 10 },
  "control-store-unavailable": { code: "unavailable", retryAfterSeconds: 2 },
  "control-store-failed": { code: "internal" },
  "spool-full": { code: "rate-limited", retryAfterSeconds: 5 },
  "spool-old": { code: "unavailable", retryAfterSeconds: 30 },
  "spool-unwritable": { code: "unavailable", retryAfterSeconds: 30 },
  "spool-corrupt": { code: "internal" },
  "data-directory-held": { code: "internal" },
  "data-directory-unwritable": { code: "unavailable", retryAfterSeconds: 30 },
  "data-directory-newer": { code: "internal" },
  "data-directory-corrupt": { code: "internal" },
  "port-in-use": { code: "internal" },
  "model-unavailable": { code: "unavailable", retryAfterSeconds: 5 },
  "training-failed": { code: "internal" },
  "examination-failed": { code: "internal" },
  "release-failed": { code: "internal" },
  "notification-failed": { code: "unavailable", retryAfterSeconds: 30 },
  "dataset-failed": { code: "internal" },
  "dataset-damaged": { code: "internal" },
  "blob-store-unavailable": { code: "unavailable", retryAfterSeconds: 10 },
  "blob-store-refused": { code: "internal" },
  "backup-failed": { code: "internal" },
  "backup-unreadable": { code: "internal" },
  "artifact-unreadable": { code: "internal" },
};
