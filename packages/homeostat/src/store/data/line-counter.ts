/** Counts the lines that hold something in blocks of bytes that follow one another; a line may span blocks. */
export interface LineCounter {
  add(block: Uint8Array): void;
  total(): number;
}

const lineFeed = 10;

/** Cost: one search for line feeds per byte. */
export function createLineCounter(): LineCounter {
  let closed = 0;
  let open = false;
  return {
    add: (block) => {
      let from = 0;
      for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, from)) {
        if (open || at > from) closed += 1;
        open = false;
        from = at + 1;
      }
      open ||= from < block.length;
    },
    total: () => closed + (open ? 1 : 0),
  };
}
