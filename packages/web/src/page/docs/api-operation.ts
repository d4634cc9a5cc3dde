import type { ApiDocument, ApiOperation } from "../../data/open-api.ts";

/** One route of the document, with its method and path beside it. */
export interface ListedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
}

/** Every operation, in the document's order. */
export function listOperations(document: ApiDocument): readonly ListedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Whether every word of a search is in the method, path, name, summary or scope. An empty search finds everything. */
export function isFound(listed: ListedOperation, search: string): boolean {
  const { method, path, operation } = listed;
  const text = `${method} ${path} ${operation.operationId} ${operation.summary} ${operation["x-scope"]}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const tagOf = (listed: ListedOperation): string => listed.operation.tags[0] ?? "server";

/**
 * Operations under their first tag, in order of first appearance. Tags that hold a single route in the whole document
 * (`all`) share the group `server`.
 */
export function byTag(
  operations: readonly ListedOperation[],
  all: readonly ListedOperation[],
): readonly (readonly [string, readonly ListedOperation[]])[] {
  const groups = new Map<string, ListedOperation[]>();
  for (const listed of operations) {
    const tag = tagOf(listed);
    const name = all.filter((other) => tagOf(other) === tag).length === 1 ? "server" : tag;
    groups.set(name, [...(groups.get(name) ?? []), listed]);
  }
  return [...groups];
}
