import type { Migration } from "./migration.ts";

/** Closer looks at windows, and runs of probes. */
export const examinations: Migration = {
  number: 12,
  name: "examinations",
  statements: `
create table homeostat.examinations (
  system text not null,
  kind text not null,
  start bigint not null,
  at bigint not null,
  body jsonb not null,
  primary key (system, kind, start)
);
create index examinations_by_time on homeostat.examinations (system, kind, at);
create table homeostat.probe_runs (
  position bigint generated always as identity primary key,
  system text not null,
  at bigint not null,
  body jsonb not null
);
create index probe_runs_by_time on homeostat.probe_runs (system, at);
`,
};
