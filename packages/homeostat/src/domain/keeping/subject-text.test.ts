import { describe, expect, it } from "vitest";
import { holdsSubject, subjectTextOf } from "./subject-text.ts";

const text = (entity: string) => subjectTextOf(entity, "text") ?? { needles: [], pattern: undefined };
const number = (entity: string) => subjectTextOf(entity, "integer") ?? { needles: [], pattern: undefined };

describe("the text of a subject", () => {
  it.each(["customer-4711", "Müller 😀", 'O"Brien\\', "a/b", "tab\there"])(
    "finds %s however a sender spells it",
    (entity) => {
      const plain = JSON.stringify({ inputs: { customer: entity } });
      const ascii = plain.replaceAll(
        /[^\u0020-\u007e]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      const upper = ascii.replaceAll(/\\u[0-9a-f]{4}/g, (one) => `\\u${one.slice(2).toUpperCase()}`);
      for (const spelled of [plain, ascii, upper, plain.replaceAll("/", "\\/")]) {
        expect(holdsSubject(spelled, text(entity)), spelled).toBe(true);
        const nested = JSON.stringify({ id: "x", body: spelled });
        expect(holdsSubject(nested, text(entity)), nested).toBe(true);
      }
    },
  );

  it("does not find an id that is only a part of another", () => {
    const other = JSON.stringify({ inputs: { customer: "customer-47110" } });
    expect(holdsSubject(other, text("customer-4711"))).toBe(false);
    expect(holdsSubject('{"inputs":{"customer":47110,"n":-4711}}', number("4711"))).toBe(false);
  });

  it.each(['{"c":4711}', '{"c":"4711","d":1}', '{"i":[1, 4711 ]}', JSON.stringify({ body: '{"c":"4711"}' })])(
    "finds a number in %s",
    (row) => {
      expect(holdsSubject(row, number("4711"))).toBe(true);
    },
  );

  it("of a field of whole numbers is none for an id that is no number", () => {
    expect(subjectTextOf("abc", "integer")).toBeUndefined();
    expect(subjectTextOf("", "integer")).toBeUndefined();
  });
});
