import type { ApiKey, Session } from "../../../domain/key/api-key.ts";
import type { BodyColumn } from "./body-column.ts";

/** Only hashes of secrets are kept. */
export interface ApiKeysTable {
  readonly id: string;
  readonly secret_hash: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
  readonly body: BodyColumn<Pick<ApiKey, "name" | "scopes" | "systems">>;
}

export interface SignInTokensTable {
  readonly token_hash: string;
  readonly expires_at: number;
}

export interface SessionsTable {
  readonly token_hash: string;
  readonly expires_at: number;
  readonly body: BodyColumn<Session>;
}
