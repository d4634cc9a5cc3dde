import {
  type ChannelsDeclaration,
  channelsDeclaration,
  type DeclarationDocument,
  readSchema,
  type SystemDeclaration,
} from "@homeostat/protocol";
import type { ChannelDeclaration, NamedChannel } from "../../domain/notification/channel-declaration.ts";
import type { Issue } from "../handler.ts";

/** The channels that documents of kind `Channels` declare; one name stands for one channel over all of them. */
export function readChannels(documents: readonly DeclarationDocument[]): {
  readonly channels: readonly NamedChannel[];
  readonly issues: readonly Issue[];
} {
  const channels = new Map<string, ChannelDeclaration>();
  const issues: Issue[] = [];
  for (const document of documents.filter(({ kind }) => kind === "Channels")) {
    const read = readSchema<ChannelsDeclaration>(channelsDeclaration, document);
    if ("issues" in read) {
      issues.push(...read.issues);
      continue;
    }
    for (const [index, { name, ...declaration }] of read.value.channels.entries()) {
      if (channels.has(name))
        issues.push({
          path: document.place(["channels", index, "name"]),
          expected: "each channel once",
          found: `\`${name}\` a second time`,
        });
      channels.set(name, declaration);
    }
  }
  return { channels: [...channels].map(([name, declaration]) => ({ name, declaration })), issues };
}

/** Channels that a system names and nobody declared. `known` undefined: a broken document may declare them. */
export function channelIssues(
  document: DeclarationDocument,
  { notify }: SystemDeclaration,
  known: ReadonlySet<string> | undefined,
): readonly Issue[] {
  return notify.flatMap((target, index) =>
    target.channel !== "named" || known === undefined || known.has(target.name)
      ? []
      : [
          {
            path: document.place(["notify", index]),
            expected: "the name of a channel in a document of kind Channels",
            found: `\`${target.name}\``,
          },
        ],
  );
}
