import type { Instant } from "../instant.ts";
import type { LineageRun } from "./lineage-run.ts";

/**
 * `kind:rest`: `source:airline-feed`, `contract:airline-feed@1.0.0`, `feature:flight-delay/hour`, `pipeline:pl-…`,
 * `dataset:ds-…`, `model:m-…`, `baseline:b-…`, `release:flight-delay/flight-delay-3`, `system:flight-delay`,
 * `job:<namespace>/<name>`; a dataset of others is `dataset:<namespace>/<name>`.
 */
export type ComponentName = string;

/** What stands before the first colon. */
export function componentKind(name: ComponentName): string {
  const [kind = ""] = name.split(":", 1);
  return kind;
}

/** Something that can change or break, as lineage knows it. */
export interface LineageNode {
  readonly name: ComponentName;
  /** In words; undefined where the name says all. */
  readonly title: string | undefined;
  /** As whoever recorded it calls the version; undefined where the name holds it or nobody said. */
  readonly version: string | undefined;
  /** What else was said of it, by key: OpenLineage facets as they came, figures of our own. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A column that is made from a column: `of` is the component that has `from`. */
export interface ColumnStep {
  readonly of: ComponentName;
  readonly from: string;
  readonly to: string;
}

/** `to` is made from `from`. */
export interface LineageEdge {
  readonly from: ComponentName;
  readonly to: ComponentName;
  readonly columns: readonly ColumnStep[];
  /** The act that told it: `apply`, `dataset`, `train`, `release`, `openlineage`, `hand`. */
  readonly by: string;
  /** Run that told it last, where it has a name. */
  readonly run: string | undefined;
  readonly since: Instant;
  /** undefined: it still holds. */
  readonly until: Instant | undefined;
}

/** What one act tells. Recording it again changes nothing. */
export interface LineageRecord {
  readonly at: Instant;
  readonly by: string;
  readonly run?: string;
  readonly nodes: readonly (Pick<LineageNode, "name"> & Partial<LineageNode>)[];
  readonly edges: readonly {
    readonly from: ComponentName;
    readonly to: ComponentName;
    readonly columns?: readonly ColumnStep[];
  }[];
  /**
   * Into `to` there is one `kind` at a time: edges from others of that kind, not among the record's own, end now. A
   * system has one live release and one declared pipeline.
   */
  readonly replaces?: readonly { readonly to: ComponentName; readonly kind: string }[];
}

type LineageDirection = "up" | "down" | "both";

export interface LineageQuestion {
  readonly node: ComponentName;
  readonly direction: LineageDirection;
  /** Most steps from the node. */
  readonly depth: number;
  /** Edges as they held then; undefined: as they hold now. */
  readonly at?: Instant;
}

/** What was found around a node: each component once, with its distance in steps, and every edge between them that was walked. */
export interface LineageGraph {
  readonly root: ComponentName;
  readonly nodes: readonly LineageReached[];
  readonly edges: readonly LineageEdge[];
  /** Whether more stands beyond the depth or the limit of nodes. */
  readonly more: boolean;
}

export interface LineageReached extends LineageNode {
  /** Steps upstream are negative, downstream positive; 0 is the node itself. */
  readonly distance: number;
}

/** Components and how they are made from each other. Edges end, they are not deleted: what held at an earlier time can be asked. */
export interface LineageStore {
  record(record: LineageRecord): Promise<void>;
  /** Ends an edge. Whether there was one. */
  end(from: ComponentName, to: ComponentName, at: Instant): Promise<boolean>;
  node(name: ComponentName): Promise<LineageNode | undefined>;
  /** Edges that touch any of the names on the given side, those that were recorded first; at most so many where a limit is given. */
  edges(
    side: "from" | "to",
    names: readonly ComponentName[],
    at: Instant | undefined,
    limit?: number,
  ): Promise<readonly LineageEdge[]>;
  nodes(names: readonly ComponentName[]): Promise<readonly LineageNode[]>;
  /** Every edge into a node that ever was, oldest first: what fed it, since when and until when. */
  history(to: ComponentName): Promise<readonly LineageEdge[]>;
  run(id: string): Promise<LineageRun | undefined>;
  /** Writes what the function makes of the run as it is, undefined where there is none; others wait meanwhile. */
  changeRun(id: string, change: (run: LineageRun | undefined) => LineageRun): Promise<void>;
  /** Names that hold the text, in order; for finding a node again. */
  search(text: string, limit: number): Promise<readonly ComponentName[]>;
}
