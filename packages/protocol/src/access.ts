import { z } from "zod";
import { instant, resourceName } from "./name.ts";
import { gap } from "./sensing.ts";

export const scope = z
  .enum(["ingest", "read", "operate", "admin"])
  .describe("Each includes those before it, except `ingest`, which only sends");
export type Scope = z.infer<typeof scope>;

export const keyRequest = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(scope).min(1),
  systems: z.array(resourceName).optional().describe("Bind the key to these systems; every system when absent"),
});

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  systems: z.array(z.string()).nullable(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;

export const createdKey = apiKey.extend({ secret: z.string().describe("Shown once; only its hash is kept") });
export type CreatedKey = z.infer<typeof createdKey>;

export const signInRequest = z.strictObject({ token: z.string().min(20).max(200) });
export const session = z.object({ name: z.string(), scopes: z.array(scope), csrfToken: z.string() });
export type Session = z.infer<typeof session>;

export const readiness = z.object({
  ready: z.boolean(),
  parts: z.array(z.object({ part: z.string(), ready: z.boolean(), detail: z.string() })),
});
export type Readiness = z.infer<typeof readiness>;

/** A sender's clock beside the server's, from its latest requests. */
export const clockSkew = z.object({
  caller: z.string().describe("Name of the key"),
  basis: z
    .enum(["date-header", "event-time"])
    .describe(
      "`date-header`: the Date header of requests less the time they came, to a second; `event-time`: how far the newest event of a request lay ahead, which a clock that is behind never shows",
    ),
  aheadMs: z.int().describe("Median of the latest samples; negative: behind"),
  samples: z.int(),
  lastAt: instant,
});

export const serverStatus = z.object({
  version: z.string(),
  startedAt: instant,
  dataDirectory: z.string(),
  parts: readiness.shape.parts,
  spool: z.object({
    bytes: z.int(),
    limitBytes: z.int(),
    rows: z.int(),
    oldestReceivedAt: instant.nullable(),
    limitAgeMs: z.int().describe("With rows waiting longer than this, nothing more is taken"),
    damage: z.array(z.string()),
  }),
  gaps: z.array(gap.extend({ system: z.string() })).describe("Rows that were not taken, by system and reason, ever"),
  clockSkew: z.array(clockSkew).describe("How far the clocks of senders are ahead of the server's"),
  memoryBytes: z.int().describe("Resident memory of the server process, without the engine child"),
});
export type ServerStatus = z.infer<typeof serverStatus>;
