import { createHash } from "node:crypto";
import type { QuarantineStream } from "../../domain/quarantine/quarantine.ts";

/** `q-` and 20 hex digits of SHA-256 over system, stream and payload: the same row sent again is the same entry. */
export function quarantineIdOf(system: string, stream: QuarantineStream, payload: string): string {
  const digest = createHash("sha256").update(`${system}\n${stream}\n${payload}`).digest("hex");
  return `q-${digest.slice(0, 20)}`;
}
