import type { Migration } from "./migration.ts";

/** Erasure, retention, and keys that the server makes for itself. */
export const keeping: Migration = {
  number: 4,
  name: "keeping",
  statements: `
create table homeostat.secrets (
  name text primary key,
  value text not null
);
create table homeostat.erasures (
  position bigint generated always as identity primary key,
  system text not null,
  at bigint not null,
  body jsonb not null
);
create index erasures_by_system on homeostat.erasures (system, position);
create table homeostat.retirements (
  position bigint generated always as identity primary key,
  system text not null,
  at bigint not null,
  body jsonb not null
);
create index retirements_by_system on homeostat.retirements (system, position);
alter table homeostat.windows add column retired_at bigint;
`,
};
