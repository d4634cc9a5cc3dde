import { type ContractText, lintContract } from "@homeostat/protocol";
import type { Contract } from "../../domain/contract/contract.ts";
import { readContract } from "../../domain/contract/read-contract.ts";
import type { ExpressionChecker } from "../../domain/engine/expression.ts";
import type { Cli } from "../cli.ts";
import { readSource } from "../read-source.ts";
import { CommandFailure, UsageError } from "../usage-error.ts";

/** The lint of a contract file. @throws CommandFailure that lists every issue with line and column. */
export async function lintFile(cli: Cli, path: string): Promise<ContractText & { readonly text: string }> {
  const text = await readSource(cli, path);
  const read = lintContract(path, text);
  if ("value" in read) return { ...read.value, text };
  const lines = read.issues.map(({ path: place, expected, found }) => `${place}: expected ${expected}, found ${found}`);
  throw new CommandFailure(
    `${path} is not a valid contract:\n${lines.join("\n")}`,
    "The Open Data Contract Standard says what each key may hold; `apiVersion` chooses the version.",
  );
}

/** The promises of the one object of a contract, or of the object that is named. @throws UsageError */
export async function promisesOf(
  { contract }: ContractText,
  object: string | undefined,
  checker: ExpressionChecker,
): Promise<Contract> {
  const tables = contract.schema ?? [];
  const found = object === undefined ? tables : tables.filter((table) => table.name === object);
  const [only] = found;
  if (only !== undefined && found.length === 1) return readContract(contract, only, checker);
  const names = tables.map((table) => table.name).join(", ");
  throw new UsageError(
    object === undefined
      ? `the contract ${contract.id} describes ${tables.length} objects`
      : `the contract ${contract.id} has no object ${object}`,
    tables.length === 0 ? "A contract needs a schema to be checked." : `Choose one with --object: ${names}.`,
  );
}
