import type { Migration } from "./migration.ts";

/** Instants are `bigint` milliseconds since 1970: exact, and the same on every client. */
export const nouns: Migration = {
  number: 1,
  name: "nouns",
  statements: `
create table homeostat.counters (
  name text primary key,
  value bigint not null
);

create table homeostat.systems (
  name text primary key,
  digest text not null,
  applied_at bigint not null,
  body jsonb not null
);
create table homeostat.system_versions (
  position bigint generated always as identity primary key,
  name text not null,
  digest text not null,
  applied_at bigint not null,
  body jsonb not null
);
create index system_versions_by_name on homeostat.system_versions (name, position);
create table homeostat.owners (
  name text primary key,
  body jsonb not null
);

create table homeostat.datasets (
  system text not null,
  digest text not null,
  created_at bigint not null,
  body jsonb not null,
  primary key (system, digest)
);
create table homeostat.models (
  system text not null,
  version text not null,
  created_at bigint not null,
  body jsonb not null,
  primary key (system, version)
);
create table homeostat.pipelines (
  version text primary key,
  body jsonb not null
);
create table homeostat.baselines (
  system text not null,
  id text not null,
  created_at bigint not null,
  body jsonb not null,
  primary key (system, id)
);

create table homeostat.releases (
  system text not null,
  id text not null,
  number bigint not null,
  stage text not null check (stage in ('draft', 'live', 'retired')),
  model text,
  pipeline text not null,
  baseline text,
  note text not null,
  created_at bigint not null,
  live_since bigint,
  retired_at bigint,
  primary key (system, id),
  unique (system, number)
);
create unique index releases_one_live on homeostat.releases (system) where stage = 'live';

create table homeostat.changes (
  id text primary key,
  system text,
  time bigint not null,
  body jsonb not null
);
create index changes_by_time on homeostat.changes (time);

create table homeostat.windows (
  system text not null,
  start_ms bigint not null,
  end_ms bigint not null,
  rows bigint not null,
  labelled_rows bigint not null,
  evaluated_at bigint,
  verdict text not null,
  findings bigint not null,
  restatements bigint not null,
  profile_version bigint not null,
  touches bigint not null,
  settled_touches bigint not null,
  primary key (system, start_ms)
);
create index windows_dirty on homeostat.windows (system, start_ms) where touches <> settled_touches;

create table homeostat.findings (
  id text primary key,
  system text not null,
  window_start bigint not null,
  window_end bigint not null,
  withdrawn_at bigint,
  body jsonb not null
);
create index findings_by_window on homeostat.findings (system, window_start);

create table homeostat.incidents (
  number bigint primary key,
  system text not null,
  state text not null check (state in ('open', 'acknowledged', 'resolved')),
  entries bigint not null,
  body jsonb not null
);
create index incidents_by_system on homeostat.incidents (system, number);
create table homeostat.incident_timeline (
  incident bigint not null references homeostat.incidents (number),
  position bigint not null,
  at bigint not null,
  body jsonb not null,
  primary key (incident, position)
);

create table homeostat.api_keys (
  id text primary key,
  secret_hash text not null unique,
  created_at bigint not null,
  last_used_at bigint,
  revoked_at bigint,
  body jsonb not null
);
create table homeostat.sign_in_tokens (
  token_hash text primary key,
  expires_at bigint not null
);
create table homeostat.sessions (
  token_hash text primary key,
  expires_at bigint not null,
  body jsonb not null
);

create table homeostat.deliveries (
  position bigint generated always as identity primary key,
  notification_id text not null,
  incident bigint not null,
  channel text not null,
  state text not null check (state in ('sent', 'failed', 'retrying')),
  at bigint not null,
  detail text not null
);
create index deliveries_by_incident on homeostat.deliveries (incident, position);
create index deliveries_sent on homeostat.deliveries (notification_id, channel) where state = 'sent';

create table homeostat.audit (
  position bigint generated always as identity primary key,
  at bigint not null,
  actor text not null,
  act text not null,
  subject text not null,
  detail jsonb not null
);
create index audit_by_time on homeostat.audit (at);

create table homeostat.job_progress (
  id text primary key,
  kind text not null,
  singleton text not null,
  sent_at timestamptz not null default now(),
  owner text,
  heartbeat_at timestamptz,
  interruptions bigint not null default 0,
  step text,
  share double precision
);
create index job_progress_by_sent on homeostat.job_progress (sent_at);
create index job_progress_running on homeostat.job_progress (kind, singleton) where owner is not null;
`,
};
