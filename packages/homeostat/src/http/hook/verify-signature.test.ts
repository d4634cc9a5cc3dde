import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashOf } from "../secret.ts";
import { verifyGitHub, verifyGitLab, verifyStandard } from "./verify-signature.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the signature of a delivery", () => {
  it("of GitHub is taken as GitHub's own example of it", () => {
    const secret = "It's a Secret to Everybody";
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    expect(verifyGitHub({ "x-hub-signature-256": signature }, bytes("Hello, World!"), secret).kind).toBe("verified");
    expect(verifyGitHub({ "x-hub-signature-256": signature }, bytes("Hello, World?"), secret).kind).toBe("refused");
    expect(verifyGitHub({ "x-hub-signature-256": signature }, bytes("Hello, World!"), "other").kind).toBe("refused");
    expect(verifyGitHub({}, bytes("Hello, World!"), secret)).toMatchObject({
      reason: expect.stringContaining("no X-Hub-Signature-256"),
    });
    const weak = createHmac("sha1", secret).update("Hello, World!").digest("hex");
    expect(verifyGitHub({ "x-hub-signature": `sha1=${weak}` }, bytes("Hello, World!"), secret).kind).toBe("refused");
  });

  it("of GitLab is its token, compared by its hash", () => {
    expect(verifyGitLab({ "x-gitlab-token": "t0ken" }, hashOf("t0ken")).kind).toBe("verified");
    expect(verifyGitLab({ "x-gitlab-token": "t0kem" }, hashOf("t0ken")).kind).toBe("refused");
    expect(verifyGitLab({}, hashOf("t0ken")).kind).toBe("refused");
  });

  it("of Standard Webhooks is any of several, over id, time and body, and only while it is fresh", () => {
    const key = Buffer.alloc(32, 7);
    const secret = `whsec_${key.toString("base64")}`;
    const now = Date.parse("2026-03-01T12:00:00Z");
    const sign = (id: string, seconds: number, body: string) =>
      `v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`;
    const seconds = now / 1_000;
    const headers = (over: Record<string, string> = {}) => ({
      "webhook-id": "msg_1",
      "webhook-timestamp": String(seconds),
      "webhook-signature": `v1,b2xk ${sign("msg_1", seconds, "{}")}`,
      ...over,
    });
    expect(verifyStandard(headers(), bytes("{}"), secret, now).kind).toBe("verified");
    expect(verifyStandard(headers({ "webhook-id": "msg_2" }), bytes("{}"), secret, now).kind).toBe("refused");
    expect(verifyStandard(headers({ "webhook-timestamp": "soon" }), bytes("{}"), secret, now).kind).toBe("refused");
    expect(verifyStandard(headers(), bytes("{ }"), secret, now).kind).toBe("refused");
    expect(verifyStandard(headers(), bytes("{}"), secret, now + 301_000)).toMatchObject({
      reason: expect.stringContaining("5 minutes"),
    });
    expect(verifyStandard(headers(), bytes("{}"), secret, now - 301_000).kind).toBe("refused");
    const { "webhook-id": _, ...unnamed } = headers();
    expect(verifyStandard(unnamed, bytes("{}"), secret, now).kind).toBe("refused");
  });
});
