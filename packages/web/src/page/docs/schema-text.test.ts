import { openApiDocument } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import type { ApiDocument } from "../../data/open-api.ts";
import { byTag, isFound, listOperations } from "./api-operation.ts";
import { limitText, shapeLines, typeText } from "./schema-text.ts";

const document = openApiDocument("0.0.0") as unknown as ApiDocument;
const operations = listOperations(document);
const operation = (id: string) => operations.find((listed) => listed.operation.operationId === id)!;
const answer = (id: string, status: string) =>
  operation(id).operation.responses[status]!.content!["application/json"]!.schema;

describe("the server's own document", () => {
  it("is listed whole: every route with a path and a method", () => {
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.every(({ method }) => ["GET", "POST", "DELETE"].includes(method))).toBe(true);
  });

  it("is found by words of path, method, summary or scope in any order", () => {
    const found = operations.filter((listed) => isFound(listed, "outcomes post ingest"));
    expect(found.map((listed) => listed.operation.operationId)).toEqual(["sendOutcomes", "sendEvents"]);
    expect(operations.filter((listed) => isFound(listed, " "))).toHaveLength(operations.length);
  });

  it("keeps a route's group while searching", () => {
    const [found] = byTag([operation("incident")], operations);
    expect(found?.[0]).toBe("incidents");
    expect(byTag([operation("status")], operations)[0]?.[0]).toBe("server");
  });
});

describe("shapeLines", () => {
  it("unfolds lists and objects to paths", () => {
    const paths = shapeLines(answer("drift", "200")).map(({ path }) => path);
    expect(paths).toContain("items[].psiDebiased");
  });

  it("looks through what may be null, and says so", () => {
    const lines = shapeLines(answer("incident", "200"));
    expect(lines.find(({ path }) => path === "diagnosis")?.type).toBe("object | null");
    expect(lines.some(({ path }) => path === "diagnosis.suspects[].posterior")).toBe(true);
  });

  it("marks what may be absent", () => {
    const lines = shapeLines(operation("recordChange").operation.requestBody!.content!["application/json"]!.schema);
    expect(lines.find(({ path }) => path === "actor")?.required).toBe(false);
    expect(lines.find(({ path }) => path === "title")?.required).toBe(true);
  });
});

describe("typeText and limitText", () => {
  it("name choices, lists and formats", () => {
    expect(typeText({ enum: ["a", "b"] })).toBe('"a" | "b"');
    expect(typeText({ type: "array", items: { type: "number" } })).toBe("list of number");
    expect(typeText({ type: "string", format: "date-time" })).toBe("string (date-time)");
    expect(typeText({ $ref: "#/components/schemas/Problem" })).toBe("Problem");
  });

  it("leave out the bounds of safe integers, which limit nothing", () => {
    expect(limitText({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })).toBe("");
    expect(limitText({ minimum: 0, maximum: 1 })).toBe("at least 0, at most 1");
  });
});
