import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Fault, reasonOf } from "../domain/fault.ts";
import { type Refusal, refused } from "./handler.ts";
import { UnpackedTooLarge, unpackZstd } from "./unpack-zstd.ts";

/** How much a body may be, before and after decompression, and how long it may take. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Longest pause between two chunks. */
  readonly idleMs: number;
  readonly totalMs: number;
}

type Ending =
  | { readonly kind: "ended"; readonly sizeBytes: number }
  | { readonly kind: "too-large" }
  | { readonly kind: "stalled"; readonly sizeBytes: number; readonly afterMs: number }
  | { readonly kind: "bomb" }
  | { readonly kind: "damaged"; readonly reason: string }
  | { readonly kind: "cut-off" };

/** Takes a chunk; a promise means "do not send more before this". */
type Sink = (chunk: Buffer) => Promise<unknown> | undefined;

const mebibyte = 1_048_576;
const sizeText = (bytes: number): string =>
  bytes >= mebibyte ? `${Math.floor(bytes / mebibyte)} MiB` : `${bytes} bytes`;

/** Rows repeat themselves and shrink well; beyond this, and beyond the first mebibytes, nobody means it well. */
const highestRatio = 500;
const ratioFreeBytes = 4 * mebibyte;

function tooLarge(maxBytes: number): Refusal {
  return refused(
    "too-large",
    `This address takes at most ${sizeText(maxBytes)} in one body, counted after decompression.`,
  );
}

/**
 * Pulls a stream to its end with events, not `for await`: leaving an async iteration early destroys the socket, and
 * the caller would never see the answer.
 */
class Consumption {
  private sizeBytes = 0;
  private pending: Promise<unknown> | undefined;
  private done = false;
  private readonly idle: NodeJS.Timeout;
  private readonly total: NodeJS.Timeout;
  private readonly request: IncomingMessage;
  private readonly source: Readable;
  private readonly sink: Sink;
  private readonly limits: BodyLimits;
  private readonly resolve: (ending: Ending) => void;
  private readonly reject: (cause: unknown) => void;
  private rawBytes = 0;

  constructor(
    request: IncomingMessage,
    source: Readable,
    sink: Sink,
    limits: BodyLimits,
    settle: { readonly resolve: (ending: Ending) => void; readonly reject: (cause: unknown) => void },
  ) {
    this.request = request;
    this.source = source;
    this.sink = sink;
    this.limits = limits;
    this.resolve = settle.resolve;
    this.reject = settle.reject;
    this.idle = setTimeout(() => this.stall(limits.idleMs), limits.idleMs);
    this.total = setTimeout(() => this.stall(limits.totalMs), limits.totalMs);
    source.on("data", this.onData).on("end", this.onEnd).on("error", this.onError);
    request.on("close", this.onClose);
    if (source !== request) {
      request.on("data", this.onRaw).on("error", this.onClose);
      request.pipe(source as unknown as NodeJS.WritableStream);
    }
  }

  private readonly onRaw = (chunk: Buffer): void => {
    this.rawBytes += chunk.length;
    if (this.rawBytes > this.limits.maxBytes) this.finish({ kind: "too-large" });
  };

  private readonly onData = (chunk: Buffer): void => {
    if (this.done) return;
    this.idle.refresh();
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.limits.maxBytes) {
      this.finish({ kind: "too-large" });
      return;
    }
    if (this.isBomb()) {
      this.finish({ kind: "bomb" });
      return;
    }
    const pending = this.sink(chunk);
    if (pending === undefined) return;
    this.source.pause();
    this.pending = pending.then(
      () => {
        this.pending = undefined;
        if (!this.done) this.source.resume();
      },
      (cause: unknown) => this.fail(cause),
    );
  };

  private isBomb(): boolean {
    return (
      this.source !== this.request && this.sizeBytes > ratioFreeBytes && this.sizeBytes > highestRatio * this.rawBytes
    );
  }

  private readonly onEnd = (): void => {
    const end = (): void => this.finish({ kind: "ended", sizeBytes: this.sizeBytes });
    if (this.pending === undefined) end();
    else void this.pending.then(end);
  };

  private readonly onError = (cause: unknown): void => {
    if (cause instanceof UnpackedTooLarge) this.finish({ kind: "too-large" });
    else this.finish(this.source === this.request ? { kind: "cut-off" } : { kind: "damaged", reason: reasonOf(cause) });
  };

  private readonly onClose = (): void => {
    if (!this.request.complete) this.finish({ kind: "cut-off" });
  };

  private stall(afterMs: number): void {
    this.finish({ kind: "stalled", sizeBytes: this.sizeBytes, afterMs });
  }

  private fail(cause: unknown): void {
    if (this.done) return;
    this.release();
    this.reject(cause);
  }

  private finish(ending: Ending): void {
    if (this.done) return;
    this.release();
    this.resolve(ending);
  }

  private release(): void {
    this.done = true;
    clearTimeout(this.idle);
    clearTimeout(this.total);
    this.source.off("data", this.onData).off("end", this.onEnd);
    this.request.off("close", this.onClose).off("data", this.onRaw);
    if (this.source === this.request) {
      this.request.pause();
      return;
    }
    this.request.unpipe();
    this.source.destroy();
  }
}

type Encoding = "identity" | "gzip" | "zstd";

/** `x-gzip` is another name of gzip (RFC 9110 section 8.4.1.3). */
const encodings: Readonly<Record<string, Encoding>> = {
  identity: "identity",
  gzip: "gzip",
  "x-gzip": "gzip",
  zstd: "zstd",
};

const encodingText = (request: IncomingMessage): string =>
  (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();

function sourceOf(request: IncomingMessage, encoding: Encoding, limits: BodyLimits): Readable {
  switch (encoding) {
    case "identity":
      return request;
    case "gzip":
      return createGunzip();
    case "zstd":
      return unpackZstd(limits.maxBytes);
  }
}

function consume(request: IncomingMessage, sink: Sink, limits: BodyLimits): Promise<Ending | Refusal> {
  const named = encodingText(request);
  const encoding = Object.hasOwn(encodings, named) ? encodings[named] : undefined;
  if (encoding === undefined)
    return Promise.resolve(
      refused(
        "unsupported-media-type",
        `Content-Encoding ${JSON.stringify(named.slice(0, 80))} is not understood; send gzip, zstd or none.`,
      ),
    );
  if (Number(request.headers["content-length"] ?? 0) > limits.maxBytes) return Promise.resolve({ kind: "too-large" });
  return new Promise((resolve, reject) => {
    new Consumption(request, sourceOf(request, encoding, limits), sink, limits, { resolve, reject });
  });
}

function refusalOf(
  request: IncomingMessage,
  ending: Exclude<Ending, { readonly kind: "ended" }>,
  limits: BodyLimits,
): Refusal {
  switch (ending.kind) {
    case "too-large":
      return tooLarge(limits.maxBytes);
    case "bomb":
      return refused(
        "too-large",
        `The body unpacks to more than ${highestRatio} times its size; send it less compressed or not at all.`,
      );
    case "stalled":
      return refused(
        "malformed-body",
        `The body stopped arriving: ${ending.sizeBytes} bytes came, and it was not complete after ${ending.afterMs} ms.`,
      );
    case "damaged":
      return refused("malformed-body", `The ${encodingText(request)} data are damaged: ${ending.reason}.`);
    case "cut-off":
      return refused("malformed-body", "The connection closed before the body was complete.");
  }
}

/** Reads a whole body into memory, decompressed. Cost: the body once, plus one concatenation. */
export async function readBytes(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<{ readonly kind: "read"; readonly bytes: Buffer } | Refusal> {
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer): undefined => {
    chunks.push(chunk);
  };
  const ending = await consume(request, collect, limits);
  if (ending.kind === "refused") return ending;
  if (ending.kind !== "ended") return refusalOf(request, ending, limits);
  const [only] = chunks;
  return { kind: "read", bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks) };
}

/**
 * Streams a body to a new file (mode 0600), decompressed; the caller deletes the file, also after a refusal.
 * @throws Fault `data-directory-unwritable` when the disk refuses.
 */
export async function readToFile(
  request: IncomingMessage,
  path: string,
  limits: BodyLimits,
): Promise<{ readonly kind: "read"; readonly sizeBytes: number } | Refusal> {
  const unwritable = (cause: unknown): never => {
    throw new Fault("data-directory-unwritable", { path, reason: reasonOf(cause) }, cause);
  };
  const file = await open(path, "wx", 0o600).catch(unwritable);
  try {
    const ending = await consume(request, (chunk) => file.writeFile(chunk).catch(unwritable), limits);
    if (ending.kind === "refused") return ending;
    return ending.kind === "ended" ? { kind: "read", sizeBytes: ending.sizeBytes } : refusalOf(request, ending, limits);
  } finally {
    await file.close();
  }
}

/**
 * Discards what is left of a body before a refusal is sent: a socket closed with unread bytes resets the connection,
 * and many clients then never see the answer. Bounded, because an attacker would like us to read for ever.
 * Answers whether the request is now complete.
 */
export async function discardRest(
  request: IncomingMessage,
  limits: { readonly maxBytes: number; readonly maxMs: number },
): Promise<boolean> {
  if (request.complete || request.destroyed) return request.complete;
  const ending = await new Promise<Ending>((resolve, reject) => {
    const quiet: BodyLimits = { maxBytes: limits.maxBytes, idleMs: limits.maxMs, totalMs: limits.maxMs };
    new Consumption(request, request, () => undefined, quiet, { resolve, reject });
    request.resume();
  });
  return ending.kind === "ended";
}
