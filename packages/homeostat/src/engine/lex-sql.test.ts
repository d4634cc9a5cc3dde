import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lexSql } from "./lex-sql.ts";
import { sqlName, sqlString } from "./quote-sql.ts";

const texts = (sql: string): readonly string[] => lexSql(sql).map((token) => `${token.kind}:${token.text}`);

describe("lexSql", () => {
  it("keeps what stands in quotes apart from the words around it", () => {
    expect(texts(`select 'a;b' as "c d", \`e\``)).toEqual([
      "word:select",
      "string:a;b",
      "word:as",
      "quoted-name:c d",
      "symbol:,",
      "quoted-name:e",
    ]);
  });

  it("knows backslashed and doubled quotes", () => {
    expect(texts("'a\\'b' 'a''b' `a``b`")).toEqual(["string:a'b", "string:a'b", "quoted-name:a`b"]);
  });

  it("drops comments, nested blocks included", () => {
    expect(texts("1 /* a /* b */ c */ + 2 -- d\n+ 3 # e\n+ 4 #! f\n+ 5 // g")).toEqual([
      "number:1",
      "symbol:+",
      "number:2",
      "symbol:+",
      "number:3",
      "symbol:+",
      "number:4",
      "symbol:+",
      "number:5",
    ]);
  });

  it("reads heredocs, typographic quotes and hexadecimal strings, which know no escapes", () => {
    expect(texts("$t$a;'$t$ ‘b;’ “c” x'41\\'")).toEqual(["string:a;'", "string:b;", "quoted-name:c", "string:41\\"]);
  });

  it("calls text broken that is not closed", () => {
    for (const sql of ["'a", '"a', "`a", "/* a", "/* /* */", "$t$ a", "‘a", "x'41"]) {
      expect(lexSql(sql).at(-1)?.kind === "broken" || sql === "$t$ a", sql).toBe(true);
    }
    expect(lexSql("$t$ a").at(-1)?.kind).toBe("broken");
  });

  it("calls a name broken that is spelled with escapes", () => {
    expect(lexSql("`fil\\x65`('x')").some((token) => token.kind === "broken")).toBe(true);
  });

  it("sees one token in whatever sqlString and sqlName have quoted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(lexSql(sqlString(text)).map((token) => token.kind)).toEqual(["string"]);
        const name = text.replaceAll("\0", "");
        expect(lexSql(sqlName(name)).map((token) => [token.kind, token.text])).toEqual([["quoted-name", name]]);
      }),
      { numRuns: 500 },
    );
  });

  it("covers every character: tokens lie in order and do not overlap", () => {
    fc.assert(
      fc.property(fc.string(), (sql) => {
        let end = 0;
        for (const token of lexSql(sql)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        expect(end).toBeLessThanOrEqual(sql.length);
      }),
    );
  });
});
