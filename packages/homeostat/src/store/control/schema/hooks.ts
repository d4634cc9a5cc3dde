import type { Hook, HookSecret } from "../../../domain/hook/hook.ts";
import type { BodyColumn } from "./body-column.ts";

export interface HooksTable {
  readonly id: string;
  readonly secret_kept: HookSecret["kept"];
  readonly secret: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
  readonly body: BodyColumn<Pick<Hook, "name" | "kind" | "rules" | "onlyMapped">>;
}
