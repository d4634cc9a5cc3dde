import { z } from "zod";
import { instant, resourceName } from "./name.ts";

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
    damage: z.array(z.string()),
  }),
  memoryBytes: z.int().describe("Resident memory of the server process, without the engine child"),
});
export type ServerStatus = z.infer<typeof serverStatus>;
