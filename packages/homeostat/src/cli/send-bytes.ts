import type { Readable } from "node:stream";
import { problem } from "@homeostat/protocol";
import { ProblemError, UnreachableError } from "@homeostat/sdk";
import { Pool } from "undici";
import type { Connection } from "./cli.ts";

/** Sends bodies that are bytes already, past the typed client: a batch of rows, or a file that need not fit into memory. */
export interface ByteSender {
  /** @throws ProblemError when the server refuses, UnreachableError when it does not answer. */
  post(path: string, body: ByteBody): Promise<Buffer>;
  close(): Promise<void>;
}

interface ByteBody {
  readonly type: "application/json" | "application/x-ndjson" | "application/vnd.apache.parquet";
  readonly bytes: Buffer | Readable;
}

/** Opens kept-alive connections to the server of a connection. Costs a third of `fetch` per request. */
export function createByteSender(connection: Connection, connections: number): ByteSender {
  const base = new URL(connection.url);
  const pool = new Pool(base.origin, { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const prefix = base.pathname.replace(/\/$/, "");
  const authorization = connection.key === undefined ? {} : { authorization: `Bearer ${connection.key}` };
  return {
    post: async (path, body) => {
      const response = await pool
        .request({
          method: "POST",
          path: `${prefix}${path}`,
          headers: { accept: "application/json", "content-type": body.type, ...authorization },
          body: body.bytes,
        })
        .catch((cause: unknown) => {
          throw new UnreachableError(connection.url, cause);
        });
      const bytes = Buffer.from(
        await response.body.arrayBuffer().catch((cause: unknown) => {
          throw new UnreachableError(connection.url, cause);
        }),
      );
      if (response.statusCode < 300) return bytes;
      throw refusalOf(response.statusCode, response.headers["retry-after"], bytes.toString("utf8"));
    },
    close: () => pool.close(),
  };
}

function refusalOf(status: number, retryAfter: string | string[] | undefined, text: string): ProblemError {
  const seconds = Number(retryAfter ?? Number.NaN);
  return new ProblemError(problemIn(status, text), Number.isFinite(seconds) ? seconds : undefined);
}

function problemIn(status: number, text: string): ProblemError["problem"] {
  try {
    const parsed = problem.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // Something between us and the server answered in its own words; they are shown as they are.
  }
  return {
    type: "about:blank",
    code: "internal",
    title: `The server answered ${status}`,
    status,
    detail: text.slice(0, 500),
    next: "Is the address a Homeostat server?",
    requestId: "",
    issues: [],
  };
}
