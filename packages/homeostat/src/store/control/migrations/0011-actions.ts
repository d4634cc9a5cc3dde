import type { Migration } from "./migration.ts";

/** What was done about incidents by rule, and what keeps the gateway from answering as usual. */
export const actions: Migration = {
  number: 11,
  name: "actions",
  statements: `
create table homeostat.action_runs (
  incident bigint not null,
  action text not null,
  system text not null,
  deed text not null,
  state text not null,
  changed_at bigint not null,
  body jsonb not null,
  primary key (incident, action)
);
create index action_runs_by_deed on homeostat.action_runs (system, deed, changed_at);
create table homeostat.serving_holds (
  system text not null,
  incident bigint not null,
  action text not null,
  since bigint not null,
  body jsonb not null,
  primary key (system, incident, action)
);
`,
};
