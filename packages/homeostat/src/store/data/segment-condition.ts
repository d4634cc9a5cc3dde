import { type Baseline, nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import type { SegmentValue } from "../../domain/finding/finding.ts";
import type { System } from "../../domain/system/system.ts";
import type { Fragment } from "./edge-bin.ts";

/**
 * Condition on the rows of one segment value, beginning with `AND`; empty for all rows. The segment's name is one of the
 * system's own, never text from a caller; one that is declared no more has no rows.
 */
export function segmentCondition(system: System, baseline: Baseline, segment: SegmentValue | undefined): Fragment {
  if (segment === undefined) return { sql: "", parameters: {} };
  const name = system.segments.find((candidate) => candidate.name === segment.name)?.name;
  if (name === undefined) return { sql: " AND 0", parameters: {} };
  if (segment.value !== otherValue)
    return { sql: ` AND toString(s_${name}) = {segmentValue:String}`, parameters: { segmentValue: segment.value } };
  const kept = baseline.segments.find((candidate) => candidate.name === name)?.values ?? [];
  return {
    sql: ` AND NOT has({keptValues:Array(String)}, toString(s_${name}))`,
    parameters: { keptValues: [...kept, nullValue] },
  };
}
