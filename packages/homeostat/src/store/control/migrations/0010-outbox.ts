import type { Migration } from "./migration.ts";

/**
 * Channels declared by name, and the outbox: one row per message and channel in place of one row per attempt. What was
 * recorded before is kept with its last state; attempts that were going on are queued anew by their jobs.
 */
export const outbox: Migration = {
  number: 10,
  name: "outbox",
  statements: `
create table homeostat.channels (
  name text primary key,
  body jsonb not null
);
create table homeostat.channel_health (
  channel text primary key,
  paused_until bigint,
  off_at bigint,
  off_reason text
);
create table homeostat.outbox (
  position bigint generated always as identity primary key,
  notification_id text not null,
  channel text not null,
  kind text not null,
  about text not null,
  system text,
  incident bigint,
  state text not null check (state in ('waiting', 'sent', 'failed', 'dropped')),
  attempts bigint not null,
  queued_at bigint not null,
  at bigint,
  next_at bigint,
  claimed_until bigint,
  detail text not null,
  reference text,
  body jsonb,
  unique (notification_id, channel)
);
create index outbox_by_incident on homeostat.outbox (incident, position);
create index outbox_waiting on homeostat.outbox (channel, about, position) where state = 'waiting';
create index outbox_threads on homeostat.outbox (about, channel, position);
insert into homeostat.outbox
  (notification_id, channel, kind, about, system, incident, state, attempts, queued_at, at, detail)
  select d.notification_id, d.channel, substring(d.notification_id from '^(.*)-[0-9]+$'), 'incident-' || d.incident,
    i.system, d.incident, d.state, d.attempts, d.first_at, d.at, d.detail
  from (
    select distinct on (notification_id, channel) notification_id, channel, incident, state, at, detail, position,
      count(*) over (partition by notification_id, channel) as attempts,
      min(at) over (partition by notification_id, channel) as first_at
    from homeostat.deliveries
    order by notification_id, channel, position desc
  ) d left join homeostat.incidents i on i.number = d.incident
  where d.state in ('sent', 'failed')
  order by d.position;
drop table homeostat.deliveries;
`,
};
