import type { Migration } from "./migration.ts";

/** Postmortems in versions, and the traces by which past incidents are found again. */
export const postmortems: Migration = {
  number: 8,
  name: "postmortems",
  statements: `
create table homeostat.postmortems (
  incident bigint not null,
  version integer not null,
  system text not null,
  state text not null,
  at bigint not null,
  author text not null,
  body jsonb not null,
  primary key (incident, version)
);
create index postmortems_by_system on homeostat.postmortems (system, incident);
create table homeostat.incident_traces (
  incident bigint primary key,
  system text not null,
  entries integer not null,
  words text[] not null,
  word_count integer not null,
  marks text[] not null,
  body jsonb not null
);
create index incident_traces_by_word on homeostat.incident_traces using gin (words);
create index incident_traces_by_mark on homeostat.incident_traces using gin (marks);
`,
};
