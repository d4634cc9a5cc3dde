import type { Gap, GapKind, GapLog } from "../../domain/gap/gap.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import type { DataClient } from "./data-client.ts";
import { durableSettings } from "./event-table.ts";

export const gapTable = `CREATE TABLE IF NOT EXISTS gaps (
    system LowCardinality(String), kind LowCardinality(String), at DateTime64(3, 'UTC'), rows UInt64
  ) ENGINE = MergeTree ORDER BY (system, kind, at) SETTINGS ${durableSettings}`;

interface Counted {
  readonly system: string;
  readonly kind: GapKind;
  written: number;
  pending: number;
  lastAt: Instant;
}

/** Opens the log with what was written before. @throws Fault of the data engine. */
export async function openGapLog(client: DataClient, clock: Clock): Promise<GapLog> {
  const counted = new Map<string, Counted>();
  const before = await client.rows<{ system: string; kind: GapKind; n: string; last: string }>(
    "SELECT system, kind, sum(rows) AS n, toUnixTimestamp64Milli(max(at)) AS last FROM gaps GROUP BY system, kind",
  );
  const keyOf = (system: string, kind: GapKind): string => `${system}:${kind}`;
  for (const { system, kind, n, last } of before)
    counted.set(keyOf(system, kind), { system, kind, written: Number(n), pending: 0, lastAt: Number(last) });
  return {
    note(system, kind, rows) {
      const key = keyOf(system, kind);
      const known = counted.get(key) ?? { system, kind, written: 0, pending: 0, lastAt: 0 };
      known.pending += rows;
      known.lastAt = clock.now();
      counted.set(key, known);
    },
    list: () =>
      [...counted.values()]
        .map(({ system, kind, written, pending, lastAt }): Gap => ({ system, kind, rows: written + pending, lastAt }))
        .sort((left, right) => (keyOf(left.system, left.kind) < keyOf(right.system, right.kind) ? -1 : 1)),
    async flush() {
      const changed = [...counted.values()].filter((one) => one.pending > 0);
      if (changed.length === 0) return;
      const writing = changed.map((one) => ({ one, rows: one.pending, at: one.lastAt }));
      const lines = writing.map(({ one: { system, kind }, rows, at }) =>
        JSON.stringify({ system, kind, at: new Date(at).toISOString(), rows }),
      );
      await client.insertLines("gaps", [new TextEncoder().encode(`${lines.join("\n")}\n`)]);
      for (const { one, rows } of writing) {
        one.written += rows;
        one.pending -= rows;
      }
    },
  };
}
