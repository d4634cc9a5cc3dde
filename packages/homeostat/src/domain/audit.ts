import type { Instant } from "./instant.ts";

/** Who did what, when, to what: written in the same transaction as the act wherever the act is in the control store. */
export interface AuditEntry {
  readonly at: Instant;
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
}
