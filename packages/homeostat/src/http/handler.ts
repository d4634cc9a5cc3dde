import type { Answer, PublicErrorCode, RouteName, routes } from "@homeostat/protocol";
import type { Instant } from "../domain/instant.ts";
import type { Scope } from "../domain/key/api-key.ts";

/**
 * The typed bridge between the protocol's routes and the services. Below this door nothing knows a status, a header
 * or a media type; above it nothing knows a store.
 */

/** How the caller proved who it is. */
type Credential =
  | { readonly kind: "key"; readonly keyId: string }
  | { readonly kind: "session"; readonly tokenHash: string; readonly csrfToken: string }
  | { readonly kind: "anonymous" };

/** Who is calling. Anonymous callers reach only the routes whose scope is `none`. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The systems the key is bound to; undefined: every system. Lists must be cut down to these by the handler. */
  readonly systems: readonly string[] | undefined;
  readonly credential: Credential;
}

type RowMediaType = "application/json" | "application/x-ndjson";

/** A batch of rows as it came, decompressed and within its size limit, not yet read. See `read-rows.ts`. */
export interface RowBytes {
  readonly mediaType: RowMediaType;
  readonly bytes: Uint8Array;
}

/** A body as it came, with the headers that say what it is or prove whose it is: a signature is over these very bytes. */
export interface HookBytes {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Uint8Array;
}

/** A large body on disk. The file is deleted when the handler's promise settles: move or read it before that. */
export interface UploadedFile {
  readonly mediaType: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** Routes whose body is handed over as bytes, because a schema per row would be too slow. */
type RowRouteName = "predict";

/** Routes that take rows as text, or as a file when the media type is one of tables. */
type FileOrRowsRouteName = "sendPredictions" | "sendOutcomes";

/** Routes that take events, of which headers may be a part. */
type EventRouteName = "sendEvents";

/** Routes whose callers prove themselves by a signature over the body. */
export type HookRouteName = "deliverHook" | "enqueueChange";

type ParameterOf<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

/** Path parameters by name. `number` is a positive integer, checked at the door; the others are text. */
type PathOf<N extends RouteName> = {
  readonly [K in ParameterOf<(typeof routes)[N]["path"]>]: K extends "number" ? number : string;
};

/** The query string after its schema. */
type QueryOf<N extends RouteName> = (typeof routes)[N] extends { readonly query: { readonly _output: infer Q } }
  ? Readonly<Q>
  : undefined;

/** The body after its schema, with defaults filled; bytes for rows, a file for uploads, undefined where none is taken. */
type BodyOf<N extends RouteName> = N extends RowRouteName
  ? RowBytes
  : N extends HookRouteName | EventRouteName
    ? HookBytes
    : N extends "createDataset" | "uploadRows"
      ? UploadedFile
      : N extends FileOrRowsRouteName
        ? RowBytes | UploadedFile
        : (typeof routes)[N] extends { readonly body: { readonly _output: infer B } }
          ? B
          : undefined;

/** One request that passed the door: authenticated, allowed, within limits, of the declared shape. */
export interface Call<N extends RouteName> {
  readonly route: N;
  readonly path: PathOf<N>;
  readonly query: QueryOf<N>;
  readonly body: BodyOf<N>;
  readonly caller: Caller;
  readonly requestId: string;
  readonly receivedAt: Instant;
  /** How far the caller's clock is ahead of ours, by its Date header (RFC 9110 section 6.6.1), where it sent one. */
  readonly clockAheadMs: number | undefined;
  /** The Accept header: only routes with more than one media type look at it. */
  readonly accept: string | undefined;
}

/** Where something is wrong, what was expected there and what was found. */
export interface Issue {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Said no, with a public code. Faults are not refusals: they are thrown and translated by `answer-fault.ts`. */
export interface Refusal {
  readonly kind: "refused";
  readonly code: PublicErrorCode;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly retryAfterSeconds?: number;
}

export type Reply<N extends RouteName> =
  | {
      readonly kind: "ok";
      readonly value: Answer<N>;
      /** Begins or ends the browser session: only the access handlers use it. */
      readonly session?:
        | { readonly kind: "begin"; readonly token: string; readonly maxAgeSeconds: number }
        | { readonly kind: "end" };
      /** A text, or a file, sent in place of the value; the file is deleted afterwards: only routes with a download have one. */
      readonly text?: { readonly mediaType: string; readonly body: string };
      readonly file?: { readonly path: string; readonly mediaType: string; readonly name: string };
    }
  | Refusal;

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<Reply<N>>;

/** One handler per route of the protocol; a route without one does not compile. */
export type Handlers = { readonly [N in RouteName]: Handler<N> };

/** The routes that `access.ts` answers itself. */
export type AccessRouteName =
  | "signIn"
  | "currentSession"
  | "signOut"
  | "keys"
  | "createKey"
  | "revokeKey"
  | "signInLink";

/** A refusal as a value. */
export function refused(
  code: PublicErrorCode,
  detail: string,
  more: Pick<Refusal, "issues" | "retryAfterSeconds"> = {},
): Refusal {
  return { kind: "refused", code, detail, ...more };
}
