import { z } from "zod";
import { problem, publicErrors } from "./problem.ts";
import { routes } from "./route.ts";
import type { Route } from "./route-definition.ts";

const schemaOf = (schema: z.ZodType, io: "input" | "output"): unknown => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  }) as Record<string, unknown>;
  return rest;
};

function parametersOf(route: Route): unknown[] {
  const path = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const query = Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: schemaOf(schema as z.ZodType, "input"),
  }));
  return [...path, ...query];
}

function requestBodyOf(route: Route): unknown {
  const content: Record<string, unknown> = {};
  if (route.body !== undefined) content["application/json"] = { schema: schemaOf(route.body, "input") };
  for (const type of route.bodyTypes ?? []) content[type] = { schema: { type: "string", format: "binary" } };
  return Object.keys(content).length === 0 ? undefined : { required: true, content };
}

function answerOf(route: Route): unknown {
  if (route.download !== undefined) {
    const file = { schema: { type: "string", format: "binary" } };
    return { content: Object.fromEntries(route.download.map((type) => [type, file])) };
  }
  return route.status === 204 ? {} : { content: { "application/json": { schema: schemaOf(route.answer, "output") } } };
}

function operationOf(name: string, route: Route): unknown {
  const requestBody = requestBodyOf(route);
  const answer = answerOf(route);
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.path.split("/")[2]?.replaceAll(/[{}]/g, "") ?? "health"],
    security: route.scope === "none" ? [] : [{ key: [] }, { session: [] }],
    "x-scope": route.scope,
    parameters: parametersOf(route),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      [route.status]: { description: "As asked", ...(answer as object) },
      default: {
        description: "A problem (RFC 9457)",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** The OpenAPI 3.1 document of every route, generated from the schemas above. */
export function openApiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Homeostat", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, "output") },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "homeostat_session",
          description: "Changes also need the header x-csrf-token",
        },
      },
    },
    "x-problems": publicErrors,
  };
}
