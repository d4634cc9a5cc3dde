import type { RuleScope } from "../../contract/rule-sql.ts";
import type { System } from "../../domain/system/system.ts";

/** How rules reach the inputs of a system's rows, staged or stored. Values of another type never came past the door. */
export function eventScope(system: System, bind: RuleScope["bind"]): RuleScope {
  return {
    fields: new Map((system.source.contract?.fields ?? []).map((field) => [field.name, field])),
    column: (field) => `i_${field}`,
    broken: () => undefined,
    bind,
    received: "received",
    now: 0,
  };
}
