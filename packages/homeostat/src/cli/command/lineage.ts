import type { LineageGraph } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { lineageTree } from "../lineage-tree.ts";
import { parseInstant } from "../parse-argument.ts";
import { predictionText } from "../prediction-text.ts";
import { UsageError } from "../usage-error.ts";

interface ShowOptions extends RemoteOptions {
  readonly up?: boolean;
  readonly down?: boolean;
  readonly depth?: string;
  readonly at?: string;
  readonly prediction?: string;
  readonly system?: string;
}

/** `homeostat lineage`: what is made from what. */
export function addLineage(program: Command, cli: Cli): void {
  const lineage = program
    .command("lineage")
    .summary("what a component is made from, and what is made from it")
    .description(
      "Components and how they are made from each other: contract, source, dataset, feature, pipeline, model, release, system, and what OpenLineage events tell.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat lineage system:flight-delay --up\n  homeostat lineage source:airline-feed --down\n  homeostat lineage find feed\n  homeostat lineage --prediction p-4711 --system flight-delay\n  homeostat lineage link dataset:postgres://db:5432/raw.flights source:airline-feed\n",
    );
  remote(lineage.command("show", { isDefault: true }))
    .description("shows a component's lineage as a tree")
    .argument("[node]", "name of the component, e.g. system:flight-delay")
    .option("--prediction <id>", "one prediction back to its source, with every value")
    .option("--system <name>", "the system of the prediction")
    .option("--up", "only what it is made from")
    .option("--down", "only what is made from it")
    .option("--depth <steps>", "most steps from it (20)")
    .option("--at <time>", "as it was then", parseInstant)
    .action((node: string | undefined, options: ShowOptions) => show(cli, node, options));
  remote(lineage.command("find"))
    .description("lists components whose name holds a text")
    .argument("[text]", "part of a name; everything when absent")
    .action((text: string | undefined, options: RemoteOptions) => findNodes(cli, text ?? "", options));
  remote(lineage.command("link"))
    .description("says by hand that a component is made from another, e.g. a source from a table of the warehouse")
    .argument("<from>", "the component upstream")
    .argument("<to>", "the component made from it")
    .action(async (from: string, to: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const graph = await client.call("linkLineage", { body: { from, to } });
      cli.print(options, graph, () => `${to} is made from ${from}.\n`);
    });
  remote(lineage.command("unlink"))
    .description("says that it is so no more")
    .argument("<from>", "the component upstream")
    .argument("<to>", "the component made from it")
    .action(async (from: string, to: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const graph = await client.call("unlinkLineage", { query: { from, to } });
      cli.print(options, graph, () => `${to} is no longer made from ${from}.\n`);
    });
}

async function show(cli: Cli, node: string | undefined, options: ShowOptions): Promise<void> {
  const { prediction, system } = options;
  if (prediction === undefined && node !== undefined) return showLineage(cli, node, options);
  if (prediction === undefined || system === undefined || node !== undefined)
    throw new UsageError(
      "name a component, or a prediction with --prediction ID --system NAME",
      "`homeostat lineage find` lists components.",
    );
  const { client } = await connect(cli, options);
  const lineage = await client.call("predictionLineage", { path: { system, prediction } });
  cli.print(options, lineage, () => predictionText(cli, lineage));
}

async function showLineage(cli: Cli, node: string, options: ShowOptions): Promise<void> {
  if (options.depth !== undefined && !/^[1-9]\d?$/.test(options.depth))
    throw new UsageError("--depth takes a whole number from 1 to 50", "Leave it out for 20 steps.");
  const { client } = await connect(cli, options);
  const both = options.up === options.down;
  const direction = both ? "both" : options.up === true ? "up" : "down";
  const query = {
    node,
    direction,
    ...(options.depth === undefined ? {} : { depth: Number(options.depth) }),
    ...(options.at === undefined ? {} : { at: options.at }),
  } as const;
  const graph = await client.call("lineage", { query });
  cli.print(options, graph, () => graphText(graph, direction));
}

function graphText(graph: LineageGraph, direction: "up" | "down" | "both"): string {
  const isUp = direction !== "down";
  const isDown = direction !== "up";
  const parts = [
    ...(isUp ? [`Made from\n${treeOr(graph, "up", "nothing that is recorded")}`] : []),
    ...(isDown ? [`Goes into\n${treeOr(graph, "down", "nothing that is recorded")}`] : []),
    ...(graph.more ? ["More stands beyond; ask with a larger --depth, or from another node.\n"] : []),
  ];
  return parts.join("\n");
}

function treeOr(graph: LineageGraph, way: "up" | "down", otherwise: string): string {
  const side = way === "up" ? "to" : "from";
  return graph.edges.some((edge) => edge[side] === graph.root)
    ? lineageTree(graph, way)
    : `${graph.root}\n└─ ${otherwise}\n`;
}

async function findNodes(cli: Cli, text: string, options: RemoteOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { items } = await client.call("lineageNodes", { query: { text } });
  cli.print(options, items, () =>
    items.length === 0
      ? "No component has such a name. They come with `homeostat apply`, datasets, training, releases, and OpenLineage events.\n"
      : `${items.join("\n")}\n`,
  );
}
