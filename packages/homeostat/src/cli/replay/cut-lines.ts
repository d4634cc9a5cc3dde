const newline = 0x0a;

/** Whole lines taken from a stream of bytes, as many as asked for at a time. */
export interface LineCutter {
  /** The next `count` lines, or as many as there still are; with their newlines. */
  take(count: number): Promise<Lines>;
  /** Gives the stream back before its end. */
  close(): Promise<void>;
}

export interface Lines {
  readonly bytes: Buffer;
  readonly count: number;
}

/** Cuts without looking into a line: one search for newlines, one copy of the bytes. */
export function createLineCutter(chunks: AsyncGenerator<Buffer, void, undefined>): LineCutter {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take: async (wanted) => {
      const kept: Buffer[] = [];
      let count = 0;
      while (count < wanted) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done === true) break;
          rest = next.value;
        }
        const cut = cutAfter(rest, wanted - count);
        kept.push(rest.subarray(0, cut.end));
        rest = rest.subarray(cut.end);
        count += cut.lines;
      }
      return { bytes: Buffer.concat(kept), count };
    },
    close: async () => {
      await chunks.return(undefined);
    },
  };
}

/** The end of the last of at most `most` lines in the bytes; all of the bytes when they hold fewer. */
function cutAfter(bytes: Buffer, most: number): { readonly end: number; readonly lines: number } {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
    lines += 1;
    if (lines === most) return { end: at + 1, lines };
  }
  return { end: bytes.length, lines };
}

const head = Buffer.from('{"rows":[');
const tail = Buffer.from("]}");
const comma = 0x2c;

/** `{"rows":[…]}` from lines of JSON: newlines become commas, since JSON text has no raw newline inside a line. */
export function rowsDocument(lines: Buffer): Buffer {
  const body = Buffer.concat([head, lines.at(-1) === newline ? lines.subarray(0, -1) : lines, tail]);
  const end = body.length - tail.length;
  for (let at = body.indexOf(newline, head.length); at !== -1 && at < end; at = body.indexOf(newline, at + 1)) {
    body[at] = comma;
  }
  return body;
}
