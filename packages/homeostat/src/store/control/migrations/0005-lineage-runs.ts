import type { Migration } from "./migration.ts";

/** Runs as OpenLineage events told them. */
export const lineageRuns: Migration = {
  number: 5,
  name: "lineage-runs",
  statements: `
create table homeostat.lineage_runs (
  id text primary key,
  job text not null,
  body jsonb not null
);
`,
};
