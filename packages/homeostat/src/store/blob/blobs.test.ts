import { createHash, createHmac } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BlobStore, isBlobKey } from "../../domain/dataset/blob-store.ts";
import type { Fault } from "../../domain/fault.ts";
import { createLocalBlobs } from "./local-blobs.ts";
import { createS3Blobs } from "./s3-blobs.ts";

const accessKeyId = "AKIDEXAMPLE";
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const region = "eu-central-1";
const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly secret: string;
}

/** Signature Version 4, from its description, with nothing but node:crypto. */
function signatureOf(one: Signed): string {
  const canonical = [
    one.method,
    one.path,
    one.query,
    ...one.signedHeaders.map((name) => `${name}:${one.headers[name] ?? ""}`),
    "",
    one.signedHeaders.join(";"),
    one.payloadHash,
  ].join("\n");
  const day = one.date.slice(0, 8);
  const scope = `${day}/${one.region}/${one.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", one.date, scope, sha256(canonical)].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${one.secret}`, day), one.region), one.service), "aws4_request");
  return createHmac("sha256", key).update(text).digest("hex");
}

/** A bucket in memory that takes a request only when its signature is right. */
function startReceiver() {
  const kept = new Map<string, Buffer>();
  const refusals: string[] = [];
  let failures: ("500" | "503" | "cut")[] = [];
  let requests = 0;
  let server: Server;

  function wrongWith(request: IncomingMessage, url: URL, body: Buffer): string | undefined {
    const authorization = request.headers.authorization ?? "";
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        authorization,
      );
    if (parts === null) return `no signature: ${authorization}`;
    const [, key = "", , signedRegion = "", service = "", names = "", signature = ""] = parts;
    if (key !== accessKeyId) return "another key";
    if (!names.split(";").includes("host") || !names.split(";").includes("x-amz-date")) return "host is not signed";
    const given = String(request.headers["x-amz-content-sha256"]);
    if (given !== sha256(body)) return "the body is not the one that was signed";
    const query = [...url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join("&");
    const expected = signatureOf({
      method: request.method ?? "",
      path: url.pathname,
      query,
      headers: request.headers as Record<string, string>,
      signedHeaders: names.split(";"),
      payloadHash: given,
      date: String(request.headers["x-amz-date"]),
      region: signedRegion,
      service,
      secret: secretAccessKey,
    });
    return expected === signature && signedRegion === region && service === "s3" ? undefined : "the signature is wrong";
  }

  function answerList(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get("prefix") ?? "";
    const after = url.searchParams.get("continuation-token") ?? "";
    const all = [...kept.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = all.slice(0, 2);
    const more = all.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    response.end(
      `<?xml version="1.0"?><ListBucketResult>${page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}${more}</ListBucketResult>`,
    );
  }

  function act(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const key = decodeURIComponent(url.pathname.slice("/bucket/".length));
    const found = kept.get(key);
    if (url.searchParams.get("list-type") === "2") {
      answerList(url, response);
      return;
    }
    if (request.method === "PUT") kept.set(key, body);
    if (request.method === "DELETE") kept.delete(key);
    if (request.method === "PUT" || request.method === "DELETE") return void response.end();
    if (found === undefined) return void response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    response.writeHead(200, { "content-length": found.length });
    response.end(request.method === "HEAD" ? undefined : found);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const failure = failures.shift();
    if (failure === "cut") return void request.socket.destroy();
    if (failure !== undefined) return void response.writeHead(Number(failure)).end("busy");
    const url = new URL(request.url ?? "", "http://receiver");
    const wrong = wrongWith(request, url, Buffer.concat(chunks));
    if (wrong === undefined) return act(request, url, Buffer.concat(chunks), response);
    refusals.push(wrong);
    response
      .writeHead(403)
      .end(`<Error><Code>SignatureDoesNotMatch</Code><Message>${secretAccessKey}</Message></Error>`);
  }

  return {
    kept,
    refusals,
    requests: () => requests,
    fail: (...next: typeof failures) => {
      failures = next;
    },
    start: async () => {
      server = createServer((request, response) => void handle(request, response));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const receiver = startReceiver();
let endpoint: string;
let root: string;
const waits: number[] = [];
const around = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };
const bucket = (change: object = {}): BlobStore =>
  createS3Blobs(
    { endpoint, region, bucket: "bucket", prefix: "some/prefix", accessKeyId, secretAccessKey, ...change },
    around,
  );

beforeAll(async () => {
  endpoint = await receiver.start();
  root = await mkdtemp(join(tmpdir(), "homeostat-blobs-"));
});
afterAll(async () => {
  await receiver.stop();
  await rm(root, { recursive: true, force: true });
});
afterEach(() => {
  waits.length = 0;
  receiver.fail();
});

describe.each([
  ["a folder", () => createLocalBlobs(join(root, "blobs"))],
  ["a bucket", () => bucket()],
])("blobs in %s", (_, open) => {
  it("are kept whole, replaced, listed in order, and deleted", async () => {
    const blobs = open();
    expect(await blobs.get("a/none")).toBeUndefined();
    expect(await blobs.sizeOf("a/none")).toBeUndefined();
    expect(await blobs.list("a/")).toEqual([]);
    const bytes = Uint8Array.from({ length: 100_000 }, (__, n) => n % 251);
    await blobs.put("a/one.gz", bytes);
    await blobs.put("a/one.gz", bytes.subarray(0, 70_000));
    expect(Buffer.from((await blobs.get("a/one.gz"))!)).toEqual(Buffer.from(bytes.subarray(0, 70_000)));
    expect(await blobs.sizeOf("a/one.gz")).toBe(70_000);
    for (const key of ["a/two", "a/b/three", "other", "a/empty"]) await blobs.put(key, new Uint8Array());
    expect((await blobs.get("a/empty"))?.length).toBe(0);
    expect(await blobs.list("a/")).toEqual(["a/b/three", "a/empty", "a/one.gz", "a/two"]);
    await blobs.delete("a/two");
    await blobs.delete("a/two");
    expect(await blobs.list("a/t")).toEqual([]);
    await expect(blobs.put("../outside", bytes)).rejects.toThrow(/not a key/);
  });
});

describe("keys of blobs", () => {
  it.each(["", "/a", "a/", "a//b", "a/../b", ".", "a/.hidden", "a b", "ä", "a\\b"])(
    "never leave their place: %j",
    (key) => {
      expect(isBlobKey(key)).toBe(false);
    },
  );
  it("are relative paths of plain signs", () => {
    expect(isBlobKey("flight-delay/ds-0/part-00000.ndjson.gz")).toBe(true);
  });
});

describe("blobs in a folder", () => {
  it("that were cut off while they were written are no blobs", async () => {
    const blobs = createLocalBlobs(join(root, "cut"));
    await blobs.put("a/one", Uint8Array.of(1));
    await writeFile(join(root, "cut", "a", ".part-1-1"), "half");
    expect(await blobs.list("")).toEqual(["a/one"]);
    expect((await readdir(join(root, "cut", "a"))).length).toBe(2);
  });

  it("that cannot be written are a fault that may pass", async () => {
    await writeFile(join(root, "file"), "");
    const fault = await createLocalBlobs(join(root, "file"))
      .put("a", Uint8Array.of(1))
      .catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: "blob-store-unavailable", retryable: true });
  });
});

describe("blobs in a bucket", () => {
  it("are signed as the published example of Signature Version 4 says", () => {
    // AWS, "Signature Calculations for the Authorization Header", GET Object.
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const signature = signatureOf({
      method: "GET",
      path: "/test.txt",
      query: "",
      headers: {
        host: "examplebucket.s3.amazonaws.com",
        range: "bytes=0-9",
        "x-amz-content-sha256": empty,
        "x-amz-date": "20130524T000000Z",
      },
      signedHeaders: ["host", "range", "x-amz-content-sha256", "x-amz-date"],
      payloadHash: empty,
      date: "20130524T000000Z",
      region: "us-east-1",
      service: "s3",
      secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    });
    expect(signature).toBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  });

  it("were taken by a receiver that recomputes every signature", () => {
    expect(receiver.refusals).toEqual([]);
    expect(receiver.requests()).toBeGreaterThan(15);
    expect([...receiver.kept.keys()].every((key) => key.startsWith("some/prefix/"))).toBe(true);
  });

  it("are tried again with growing pauses while the server is busy or cuts the connection", async () => {
    receiver.fail("500", "cut", "503", "503");
    await bucket().put("again", Uint8Array.of(7));
    expect(waits).toEqual([200, 400, 800, 1_600]);
    expect(receiver.kept.get("some/prefix/again")).toEqual(Buffer.from([7]));
  });

  it("are a fault that may pass when five tries did not help", async () => {
    receiver.fail("503", "503", "503", "503", "503");
    const fault = (await bucket()
      .get("again")
      .catch((thrown: unknown) => thrown)) as Fault;
    expect(fault).toMatchObject({ code: "blob-store-unavailable", retryable: true });
    expect(fault.message).toContain("HTTP 503");
  });

  it("are refused with a wrong key, and no message holds a secret", async () => {
    const before = receiver.requests();
    const fault = (await bucket({ secretAccessKey: "another" })
      .put("again", Uint8Array.of(8))
      .catch((thrown: unknown) => thrown)) as Fault;
    expect(fault).toMatchObject({ code: "blob-store-refused", retryable: false });
    expect(fault.message).toContain("HTTP 403 SignatureDoesNotMatch");
    expect(receiver.requests()).toBe(before + 1);
    for (const text of [fault.message, fault.stack ?? "", JSON.stringify(fault.detail), bucket().place])
      for (const secret of [secretAccessKey, accessKeyId, "another"]) expect(text).not.toContain(secret);
  });
});
