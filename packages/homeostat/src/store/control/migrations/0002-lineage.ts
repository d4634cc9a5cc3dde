import type { Migration } from "./migration.ts";

/** Components and the edges between them; edges end, they are not deleted. */
export const lineage: Migration = {
  number: 2,
  name: "lineage",
  statements: `
create table homeostat.lineage_nodes (
  name text primary key,
  title text,
  version text,
  facts jsonb not null,
  first_seen bigint not null,
  last_seen bigint not null
);

create table homeostat.lineage_edges (
  position bigint generated always as identity primary key,
  from_name text not null references homeostat.lineage_nodes (name),
  to_name text not null references homeostat.lineage_nodes (name),
  columns jsonb not null,
  told_by text not null,
  run text,
  since bigint not null,
  until bigint
);
create unique index lineage_edges_open on homeostat.lineage_edges (from_name, to_name) where until is null;
create index lineage_edges_from on homeostat.lineage_edges (from_name);
create index lineage_edges_to on homeostat.lineage_edges (to_name);
`,
};
