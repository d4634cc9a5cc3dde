import { describe, expect, it } from "vitest";
import { allows, type Scope, scopes } from "./api-key.ts";

describe("what a key allows", () => {
  it.each<[Scope, readonly Scope[]]>([
    ["ingest", ["ingest"]],
    ["read", ["read"]],
    ["operate", ["ingest", "read", "operate"]],
    ["admin", ["ingest", "read", "operate", "admin"]],
  ])("with %s alone: %s", (held, allowed) => {
    expect(scopes.filter((needed) => allows([held], needed))).toEqual(allowed);
  });

  it("is the union of its scopes, and nothing without any", () => {
    expect(scopes.filter((needed) => allows(["ingest", "read"], needed))).toEqual(["ingest", "read"]);
    expect(scopes.filter((needed) => allows([], needed))).toEqual([]);
  });
});
