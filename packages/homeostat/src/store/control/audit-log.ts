import type { AuditLog } from "../../domain/audit.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Append only: nothing in this program changes or deletes an entry. */
export function createAuditLog(database: ControlDatabase): AuditLog {
  return {
    append: async ({ at, actor, act, subject, detail }) => {
      await database
        .insertInto("audit")
        .values({ at, actor, act, subject, detail: toBody(detail) })
        .execute();
    },
  };
}
