import { z } from "zod";

/** Public error codes: status, title, and what to do next. The documentation page is made from this. */
export const publicErrors = {
  "malformed-json": {
    status: 400,
    title: "The body is not valid JSON",
    next: "Send JSON text in UTF-8; the detail says where reading stopped.",
  },
  "malformed-body": {
    status: 400,
    title: "The body does not have the expected shape",
    next: "Compare each listed path with the schema at /v1/openapi.json.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "This content type is not understood",
    next: "Send application/json or application/x-ndjson (datasets: application/vnd.apache.parquet).",
  },
  "bad-declaration": {
    status: 422,
    title: "A declaration cannot be applied",
    next: "Correct the listed files; each problem names file, line and column.",
  },
  "breaking-contract": {
    status: 409,
    title: "The new version of the contract breaks systems that read the source",
    next: "Change those systems first, or send it with `allowBreaking` (`--allow-breaking`) and let the change log say so.",
  },
  "not-signed-in": {
    status: 401,
    title: "No valid key or session came with the request",
    next: "Send `Authorization: Bearer <key>`; `homeostat keys create` makes one, the sign-in link opens the page.",
  },
  "not-allowed": {
    status: 403,
    title: "The key does not have the scope for this",
    next: "Use a key with the scope named in the detail.",
  },
  "bad-signature": {
    status: 401,
    title: "The delivery is not signed by whom it says",
    next: "Compare the secret at the sender with the one shown when the hook was made; `homeostat hooks` lists hooks.",
  },
  "unknown-system": {
    status: 404,
    title: "There is no such system",
    next: "List the systems with `homeostat status`, or apply its declaration.",
  },
  "not-found": {
    status: 404,
    title: "There is nothing at this address",
    next: "See /docs for the addresses that exist.",
  },
  "not-possible-now": {
    status: 409,
    title: "The request does not fit the present state",
    next: "The detail says what has to happen first.",
  },
  "too-large": { status: 413, title: "The body is too large", next: "Send smaller batches." },
  "rate-limited": {
    status: 429,
    title: "The spool is full",
    next: "Wait for the time in Retry-After and send the same rows again.",
  },
  unavailable: {
    status: 503,
    title: "A part of Homeostat is not answering",
    next: "See /health/ready for which one; send the same request again after Retry-After.",
  },
  internal: {
    status: 500,
    title: "Homeostat made a mistake",
    next: "The server's log has the details under the request id.",
  },
} as const satisfies Record<string, { readonly status: number; readonly title: string; readonly next: string }>;

export type PublicErrorCode = keyof typeof publicErrors;

const codes = Object.keys(publicErrors) as [PublicErrorCode, ...PublicErrorCode[]];

/** RFC 9457 problem details with a stable `code` and, where rows or fields are wrong, each of them. */
export const problem = z.object({
  type: z.string(),
  code: z.enum(codes),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  next: z.string(),
  requestId: z.string(),
  issues: z
    .array(
      z.object({
        path: z.string().describe("Where: field path, or file:line:column"),
        expected: z.string(),
        found: z.string(),
      }),
    )
    .default([]),
});
export type Problem = z.infer<typeof problem>;
