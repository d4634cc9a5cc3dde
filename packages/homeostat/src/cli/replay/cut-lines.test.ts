import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineCutter, rowsDocument } from "./cut-lines.ts";

async function* chunksOf(text: string, sizes: readonly number[]): AsyncGenerator<Buffer, void, undefined> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (let at = 0; from < bytes.length; at++) {
    const size = sizes[at % sizes.length] ?? 1;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

describe("cutting lines", () => {
  it("gives back every line once and in order, however the bytes come and however many are asked for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 12 }).map((line) => line.replaceAll("\n", ""))),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 5 }),
        async (lines, sizes, wanted) => {
          const text = lines.map((line) => `${line}\n`).join("");
          const cutter = createLineCutter(chunksOf(text, sizes));
          let got = "";
          let count = 0;
          for (let at = 0; count < lines.length; at++) {
            const most = (wanted[at % wanted.length] ?? 0) + (at % 2);
            const cut = await cutter.take(most);
            expect(cut.count).toBe(Math.min(most, lines.length - count));
            got += cut.bytes.toString("utf8");
            count += cut.count;
          }
          expect(got).toBe(text);
          expect((await cutter.take(1)).count).toBe(0);
        },
      ),
    );
  });
});

describe("the body of a question", () => {
  it("is the JSON of the rows, whatever texts they hold", () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.constant(null))), { minLength: 1 }),
        (rows) => {
          const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
          expect(JSON.parse(rowsDocument(Buffer.from(lines)).toString("utf8"))).toEqual({
            rows: JSON.parse(JSON.stringify(rows)),
          });
        },
      ),
    );
  });
});
