import { UnreachableError } from "@homeostat/sdk";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";

/** The part of JSON Schema 2020-12 that the server's document uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly $ref?: string;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

interface ApiContent {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly "x-scope": string;
  readonly parameters: readonly ApiParameter[];
  readonly requestBody?: ApiContent;
  readonly responses: Readonly<Record<string, ApiContent>>;
}

interface ApiProblem {
  readonly status: number;
  readonly title: string;
  readonly next: string;
}

export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly "x-problems": Readonly<Record<string, ApiProblem>>;
}

const address = "/v1/openapi.json";

async function readDocument(signal: AbortSignal): Promise<ApiDocument> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new UnreachableError(address, new Error(`status ${response.status}`));
  return (await response.json()) as ApiDocument;
}

/** The server's own OpenAPI document; it does not change while the server runs. */
export function useApiDocument(): UseQueryResult<ApiDocument> {
  return useQuery({
    queryKey: ["openapi"],
    queryFn: ({ signal }) => readDocument(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
