interface Address {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}
interface EngineRoom {
  startEngine(options: object): Promise<{ readonly address: Address; stop(limitMs: number): Promise<void> }>;
}

const engineRoom = new URL("../../packages/homeostat/dist/engine/supervise-engine.js", import.meta.url);

/** What statements answer, in a format, by an engine of their own on the given data directory or none. */
export async function tablesOf(
  selects: readonly string[],
  format: string,
  dataPath?: string,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const { startEngine } = (await import(engineRoom.href)) as EngineRoom;
  const engine = await startEngine({ memoryLimitBytes: 2e9, ...(dataPath === undefined ? {} : { dataPath }) });
  try {
    const { url, username, password } = engine.address;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const tables: Uint8Array<ArrayBuffer>[] = [];
    for (const select of selects) {
      const body = `${select} FORMAT ${format}`;
      const response = await fetch(url, { method: "POST", headers: { authorization }, body });
      if (!response.ok) throw new Error(await response.text());
      tables.push(new Uint8Array(await response.arrayBuffer()));
    }
    return tables;
  } finally {
    await engine.stop(5_000);
  }
}
