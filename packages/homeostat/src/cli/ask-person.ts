import type { Cli } from "./cli.ts";

/** Asks a person at a terminal. Where nobody sits there, `undefined`: the caller says which flag answers instead. */
export interface Person {
  /** One line, without its end; the first suggestion when the line is empty; undefined when the input ends. */
  ask(question: string, suggestions: readonly string[]): Promise<string | undefined>;
}

/** `undefined` when the command does not run at a terminal. */
export function personAt(cli: Cli): Person | undefined {
  const { stdin } = cli.host;
  if (stdin === undefined || cli.terminal.stderr.isTTY !== true) return undefined;
  const chunks = stdin[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let buffered = "";
  const line = async (): Promise<string | undefined> => {
    while (!buffered.includes("\n")) {
      const next = await chunks.next();
      if (next.done === true) return undefined;
      buffered += typeof next.value === "string" ? next.value : decoder.decode(next.value, { stream: true });
    }
    const end = buffered.indexOf("\n");
    const text = buffered.slice(0, end).replace(/\r$/, "");
    buffered = buffered.slice(end + 1);
    return text;
  };
  return {
    ask: async (question, suggestions) => {
      const usual = suggestions.length === 0 ? "" : ` [${suggestions.join(", ")}]`;
      cli.terminal.stderr.write(`${question}${usual} `);
      const text = (await line())?.trim();
      return text === "" ? suggestions[0] : text;
    },
  };
}
