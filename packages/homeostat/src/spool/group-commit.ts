/** Gathers what arrives while the disk is busy, so that many waiters share one write and one fsync. */
export interface GroupCommit<Entry> {
  /** Resolves with what the commit answered for this entry, or rejects with why the whole group failed. */
  add(entry: Entry, bytes: number): Promise<number>;
  /** Bytes added and not yet committed or refused. */
  waitingBytes(): number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

interface Waiting<Entry> {
  readonly entry: Entry;
  readonly bytes: number;
  readonly resolve: (answer: number) => void;
  readonly reject: (reason: unknown) => void;
}

const groupBytes = 8 * 1024 * 1024;
const groupEntries = 4_096;

/**
 * Runs one commit at a time, over everything that waits (up to 8 MiB or 4,096 entries). The first entry of an idle
 * queue waits for the end of the current turn of the event loop, so that requests that arrived together go together;
 * there is no delay beyond that: a busy disk makes larger groups by itself.
 * `commit` answers one number per entry, in order.
 */
export function createGroupCommit<Entry>(
  commit: (entries: readonly Entry[]) => Promise<readonly number[]>,
): GroupCommit<Entry> {
  let waiting: Waiting<Entry>[] = [];
  let bytes = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const answers = await commit(group.map(({ entry }) => entry));
        for (const [index, each] of group.entries()) each.resolve(answers[index] ?? Number.NaN);
      } catch (reason) {
        for (const each of group) each.reject(reason);
      } finally {
        for (const each of group) bytes -= each.bytes;
      }
    }
    running = undefined;
  }

  function takeGroup(): readonly Waiting<Entry>[] {
    let size = 0;
    let count = 0;
    for (const each of waiting) {
      if (count > 0 && (size + each.bytes > groupBytes || count === groupEntries)) break;
      size += each.bytes;
      count++;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return group;
  }

  return {
    add(entry, entryBytes) {
      bytes += entryBytes;
      return new Promise((resolve, reject) => {
        waiting.push({ entry, bytes: entryBytes, resolve, reject });
        running ??= run();
      });
    },
    waitingBytes: () => bytes,
    idle: () => running ?? Promise.resolve(),
  };
}
