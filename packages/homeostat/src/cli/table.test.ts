import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderFacts, renderTable, wrapped } from "./table.ts";
import { createTerminal, widthOf } from "./terminal.ts";

const plain = createTerminal({ write: () => undefined }, { write: () => undefined }, {});
const columns = [{ head: "Name" }, { head: "Count", align: "right" }, { head: "Story", wraps: true }] as const;

describe("a table", () => {
  it("lines its columns up without frames", () => {
    const text = renderTable(
      columns,
      [
        ["a", "1", "short"],
        ["bcd", "1,000", "other"],
      ],
      plain,
    );
    expect(text).toBe("Name  Count  Story\na         1  short\nbcd   1,000  other\n");
  });

  it("wraps prose to fit the width, and keeps names whole", () => {
    const name = "a-name-of-thirty-characters-000";
    const text = renderTable(columns, [[name, "12", "word ".repeat(40).trim()]], plain);
    expect(Math.max(...text.split("\n").map(widthOf))).toBeLessThanOrEqual(80);
    expect(text).toContain(name);
    expect(text.match(/word/g)).toHaveLength(40);
  });

  it("becomes a list where the columns cannot fit", () => {
    const row = ["x".repeat(60), "y".repeat(60), "z"];
    const text = renderTable(columns, [row], plain);
    expect(text).toBe(`Name   ${row[0]}\nCount  ${row[1]}\nStory  z\n`);
  });

  it("loses no character of any cell, at any width", () => {
    const cell = fc.stringMatching(/^[a-z0-9 ,.:-]{0,90}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 140 }),
        (rows, width) => {
          const text = renderTable(columns, rows, { ...plain, width });
          for (const cellText of rows.flat()) {
            for (const word of cellText.split(" ")) expect(squeezed(text)).toContain(squeezed(word).slice(0, 8));
          }
          const lettersIn = (given: string): number => squeezed(given).length;
          const heads = lettersIn(columns.map(({ head }) => head).join(""));
          const cells = lettersIn(rows.flat().join(""));
          expect([heads + cells, rows.length * heads + cells]).toContain(lettersIn(text));
        },
      ),
      { numRuns: 60 },
    );
  });
});

const squeezed = (text: string): string => text.replaceAll(/\s/g, "");

describe("colours", () => {
  const terminal = (env: Record<string, string>, isTTY: boolean) =>
    createTerminal({ write: () => undefined, isTTY, columns: 100 }, { write: () => undefined }, env);

  it("are used on a terminal only", () => {
    expect(terminal({}, true).colors.bold("x")).not.toBe("x");
    expect(terminal({}, false).colors.bold("x")).toBe("x");
  });

  it("are never used with NO_COLOR, whatever else is set", () => {
    expect(terminal({ NO_COLOR: "1", FORCE_COLOR: "1" }, true).colors.bold("x")).toBe("x");
    expect(terminal({ NO_COLOR: "" }, true).colors.bold("x")).not.toBe("x");
  });

  it("count no columns in a table", () => {
    const { colors } = terminal({}, true);
    const rows = [
      [colors.red("bad"), "1", "x"],
      ["good", "1", "x"],
    ];
    const lines = renderTable(columns, rows, { width: 80, colors: plain.colors }).trimEnd().split("\n");
    expect(new Set(lines.map((line) => widthOf(line))).size).toBeLessThanOrEqual(2);
    expect(widthOf(lines[1] ?? "")).toBe(widthOf(lines[2] ?? ""));
  });

  it("take the width of the terminal, and 80 columns elsewhere", () => {
    expect(terminal({}, true).width).toBe(100);
    expect(terminal({}, false).width).toBe(80);
  });
});

describe("facts", () => {
  it("wrap their values under themselves", () => {
    const text = renderFacts(
      [
        ["One", "a ".repeat(60).trim()],
        ["Three", "b"],
      ],
      plain,
    );
    const lines = text.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(2);
    expect(lines[1]).toMatch(/^ {7}a/);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80);
  });
});

describe("wrapping", () => {
  it("breaks a word that is longer than the column", () => {
    expect(wrapped("abcdefghij", 4)).toBe("abcd\nefgh\nij");
  });
});
