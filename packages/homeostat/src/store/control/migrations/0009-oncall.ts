import type { Migration } from "./migration.ts";

/** Schedules, people, escalation, silences and the links in messages that were used. */
export const oncall: Migration = {
  number: 9,
  name: "oncall",
  statements: `
create table homeostat.schedule_versions (
  position bigint generated always as identity primary key,
  name text not null,
  since bigint not null,
  body jsonb not null
);
create index schedule_versions_by_name on homeostat.schedule_versions (name, position);
create table homeostat.oncall_overrides (
  position bigint generated always as identity primary key,
  id text not null unique,
  schedule text not null,
  swap text,
  body jsonb not null
);
create index oncall_overrides_by_schedule on homeostat.oncall_overrides (schedule, position);
create table homeostat.escalation_policies (
  name text primary key,
  body jsonb not null
);
create table homeostat.people (
  name text primary key,
  body jsonb not null
);
create table homeostat.silences (
  position bigint generated always as identity primary key,
  id text not null unique,
  expired_at bigint,
  body jsonb not null
);
create table homeostat.escalations (
  position bigint generated always as identity primary key,
  incident bigint not null,
  policy text not null,
  next_at bigint,
  body jsonb not null,
  unique (incident, policy)
);
create index escalations_due on homeostat.escalations (next_at) where next_at is not null;
create table homeostat.spent_links (
  id text primary key,
  at bigint not null
);
`,
};
