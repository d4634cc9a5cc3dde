import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { type BlobStore, isBlobKey } from "../../domain/dataset/blob-store.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";

/** An S3-compatible place. Addresses are path-style, which every such server understands. */
export interface S3Place {
  /** E.g. `https://s3.eu-central-1.amazonaws.com` or the address of a server of one's own. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface S3Surroundings {
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1): spreads the tries of several servers. */
  readonly random: () => number;
}

interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  readonly body?: Uint8Array<ArrayBuffer>;
}

const tries = 5;
const firstWaitMs = 200;
const requestLimitMs = 60_000;
const keysPerPage = 1_000;

/**
 * Blobs in a bucket, each request signed with AWS Signature Version 4 over its whole body
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). What may work the next time (no
 * connection, 408, 429, 5xx) is tried five times with doubling pauses. Keys and secrets are in no message.
 */
export function createS3Blobs(place: S3Place, around: S3Surroundings): BlobStore {
  const { accessKeyId, secretAccessKey, sessionToken, region } = place;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    region,
    service: "s3",
    retries: 0,
  });
  const name = `s3://${place.bucket}${place.prefix === "" ? "" : `/${place.prefix}`}`;
  const bucketUrl = `${place.endpoint.replace(/\/+$/, "")}/${place.bucket}`;
  const under = place.prefix === "" ? "" : `${place.prefix}/`;
  const urlOf = (key: string): string => {
    invariant(isBlobKey(key), `not a key of a blob: ${key}`);
    return `${bucketUrl}/${under}${key}`;
  };

  async function once(url: string, init: S3Request): Promise<Response | string> {
    // Named, or else the body would not be signed.
    const headers = {
      "x-amz-content-sha256": createHash("sha256")
        .update(init.body ?? "")
        .digest("hex"),
    };
    try {
      // Signed anew for every try: a signature is valid for minutes, and the pauses may add up.
      const request = await client.sign(url, { ...init, headers });
      const response = await fetch(request, { signal: AbortSignal.timeout(requestLimitMs) });
      if (response.status < 500 && response.status !== 408 && response.status !== 429) return response;
      await response.body?.cancel();
      return `HTTP ${response.status}`;
    } catch (thrown) {
      return reasonOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
    }
  }

  async function send(url: string, init: S3Request): Promise<Response> {
    let reason = "";
    for (let attempt = 0; attempt < tries; attempt++) {
      if (attempt > 0) await around.sleep(firstWaitMs * 2 ** (attempt - 1) * (0.5 + around.random()));
      const answer = await once(url, init);
      if (typeof answer !== "string") return answer;
      reason = answer;
    }
    throw new Fault("blob-store-unavailable", { place: name, reason: `${reason} (${tries} tries)` });
  }

  async function refusalOf(response: Response): Promise<Fault> {
    const text = await response.text().catch(() => "");
    const code = elementsOf(text, "Code")[0] ?? "";
    return new Fault("blob-store-refused", { place: name, reason: `HTTP ${response.status} ${code}`.trim() });
  }

  return {
    place: name,
    put: async (key, bytes) => {
      const body = new Uint8Array(bytes);
      const response = await send(urlOf(key), { method: "PUT", body });
      if (!response.ok) throw await refusalOf(response);
      await response.body?.cancel();
    },
    get: async (key) => {
      const response = await send(urlOf(key), { method: "GET" });
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      if (!response.ok) throw await refusalOf(response);
      return new Uint8Array(await response.arrayBuffer());
    },
    sizeOf: async (key) => {
      const response = await send(urlOf(key), { method: "HEAD" });
      if (response.status === 404) return undefined;
      if (!response.ok) throw await refusalOf(response);
      return Number(response.headers.get("content-length"));
    },
    list: async (prefix) => {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const query = new URLSearchParams({
          "list-type": "2",
          "max-keys": String(keysPerPage),
          prefix: under + prefix,
        });
        if (token !== undefined) query.set("continuation-token", token);
        const response = await send(`${bucketUrl}?${query.toString()}`, { method: "GET" });
        if (!response.ok) throw await refusalOf(response);
        const text = await response.text();
        keys.push(...elementsOf(text, "Key").map((key) => key.slice(under.length)));
        token = elementsOf(text, "NextContinuationToken")[0];
      } while (token !== undefined);
      return keys.sort();
    },
    delete: async (key) => {
      const response = await send(urlOf(key), { method: "DELETE" });
      if (!response.ok && response.status !== 404) throw await refusalOf(response);
      await response.body?.cancel();
    },
  };
}

/** Texts of the elements of that name. Our keys hold nothing that XML escapes but what is undone here. */
function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) =>
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&apos;", "'")
      .replaceAll("&amp;", "&"),
  );
}
