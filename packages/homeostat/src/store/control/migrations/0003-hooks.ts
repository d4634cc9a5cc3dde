import type { Migration } from "./migration.ts";

/** Addresses that take in change events, each with what verifies its deliveries. */
export const hooks: Migration = {
  number: 3,
  name: "hooks",
  statements: `
create table homeostat.hooks (
  id text primary key,
  secret_kept text not null check (secret_kept in ('secret', 'hash')),
  secret text not null,
  created_at bigint not null,
  last_used_at bigint,
  revoked_at bigint,
  body jsonb not null
);
create unique index hooks_by_hash on homeostat.hooks (secret) where secret_kept = 'hash';
`,
};
