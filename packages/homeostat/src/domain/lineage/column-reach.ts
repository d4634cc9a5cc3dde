import type { ComponentName, LineageEdge, LineageStore } from "./lineage.ts";

/** Farther up than this nobody looks for the cause of an hour. */
const mostSteps = 10;
const mostComponents = 500;

/** Columns that are asked after, by the component that has them; undefined: all of it. */
type Wanted = ReadonlySet<string> | undefined;

interface Step {
  readonly name: ComponentName;
  readonly wanted: Wanted;
  /** Where an edge said which columns of which components its own are made of, the step beyond is bound to them. */
  readonly beyond: ReadonlyMap<ComponentName, ReadonlySet<string>> | undefined;
}

/**
 * Every component that feeds a node, with its steps from it (the node itself: 0). Where edges say which columns are made of
 * which, only those paths are followed that carry the columns asked for: a job that makes other columns of the same table
 * is not upstream of this one. Edges without columns carry everything. Cost: one query a component, at most 500.
 */
export async function columnReach(
  lineage: LineageStore,
  node: ComponentName,
  known: Map<ComponentName, Promise<readonly LineageEdge[]>> = new Map(),
): Promise<ReadonlyMap<ComponentName, number>> {
  const edgesInto = (name: ComponentName): Promise<readonly LineageEdge[]> => {
    const found = known.get(name) ?? lineage.edges("to", [name], undefined, mostComponents);
    known.set(name, found);
    return found;
  };
  const distances = new Map<ComponentName, number>([[node, 0]]);
  let front: readonly Step[] = [{ name: node, wanted: undefined, beyond: undefined }];
  for (let distance = 1; distance <= mostSteps && front.length > 0 && distances.size < mostComponents; distance++) {
    const next: Step[] = [];
    for (const step of front) {
      const edges = await edgesInto(step.name);
      const bound = boundStep(step, edges);
      for (const edge of edges) {
        const upstream = stepOver(bound, edge);
        if (upstream === undefined || distances.has(edge.from)) continue;
        distances.set(edge.from, distance);
        next.push(upstream);
      }
    }
    front = next;
  }
  return distances;
}

/** Where no edge into a component tells of the columns asked for, they have other names there: all of it is asked for. */
function boundStep(step: Step, edges: readonly LineageEdge[]): Step {
  const { wanted } = step;
  const told = wanted === undefined || edges.some(({ columns }) => columns.some(({ to }) => wanted.has(to)));
  return told ? step : { ...step, wanted: undefined };
}

function stepOver({ wanted, beyond }: Step, edge: LineageEdge): Step | undefined {
  const bound = beyond?.get(edge.from);
  if (beyond !== undefined && bound === undefined) return undefined;
  const made = edge.columns.filter(({ to }) => wanted === undefined || wanted.has(to));
  if (edge.columns.length === 0) return { name: edge.from, wanted: bound ?? wanted, beyond: undefined };
  if (made.length === 0) return undefined;
  const own = made.filter(({ of }) => of === edge.from).map(({ from }) => from);
  if (own.length > 0) return { name: edge.from, wanted: new Set(own), beyond: undefined };
  // The edge comes from a job, and says which columns of which inputs it read.
  const inputs = new Map<ComponentName, Set<string>>();
  for (const { of, from } of made) inputs.set(of, (inputs.get(of) ?? new Set()).add(from));
  return { name: edge.from, wanted: undefined, beyond: inputs };
}
