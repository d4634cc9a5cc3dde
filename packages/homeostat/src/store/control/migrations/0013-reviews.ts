import type { Migration } from "./migration.ts";

/** Monthly health reviews. */
export const reviews: Migration = {
  number: 13,
  name: "reviews",
  statements: `
create table homeostat.reviews (
  system text not null,
  month text not null,
  body jsonb not null,
  primary key (system, month)
);
`,
};
