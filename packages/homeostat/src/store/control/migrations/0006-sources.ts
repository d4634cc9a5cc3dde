import type { Migration } from "./migration.ts";

/** Versions of the contracts of sources. */
export const sources: Migration = {
  number: 6,
  name: "sources",
  statements: `
create table homeostat.source_versions (
  position bigint generated always as identity primary key,
  id text not null,
  digest text not null,
  since bigint not null,
  body jsonb not null
);
create index source_versions_by_id on homeostat.source_versions (id, position);
`,
};
