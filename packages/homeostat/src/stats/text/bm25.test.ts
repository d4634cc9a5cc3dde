import { describe, expect, it } from "vitest";
import { type Bm25Corpus, bm25, inverseDocumentFrequency, wordCounts } from "./bm25.ts";

describe("BM25", () => {
  const texts = ["the clock of ATL shifted", "the null rate of age rose", "clock clock clock of the vendor"].map(
    wordCounts,
  );
  const corpus: Bm25Corpus = {
    documents: 3,
    meanLength: texts.reduce((sum, { length }) => sum + length, 0) / 3,
    holding: (word) => texts.filter(({ words }) => words.has(word)).length,
  };

  it("agrees with a value computed by hand", () => {
    // idf = ln(1 + (3 - 2 + 0.5)/(2 + 0.5)), tf 1, length 5 of mean 17/3
    const norm = 1.2 * (0.25 + (0.75 * 5) / (17 / 3));
    expect(bm25(["clock"], texts[0] ?? wordCounts(""), corpus)).toBeCloseTo((Math.log(1.6) * 2.2) / (1 + norm), 12);
  });

  it("counts a word that is in every document for little, and never against a document", () => {
    expect(inverseDocumentFrequency(3, 3)).toBeGreaterThan(0);
    expect(inverseDocumentFrequency(3, 3)).toBeLessThan(inverseDocumentFrequency(3, 1));
  });

  it("grows ever slower with repetitions", () => {
    const of = (count: number): number =>
      bm25(["x"], { words: new Map([["x", count]]), length: 5 }, { documents: 9, meanLength: 5, holding: () => 1 });
    expect(of(2)).toBeGreaterThan(of(1));
    expect(of(3) - of(2)).toBeLessThan(of(2) - of(1));
  });

  it("is 0 without a shared word", () => {
    expect(bm25(["firmware"], texts[0] ?? wordCounts(""), corpus)).toBe(0);
  });
});

describe("words of a text", () => {
  it("have neither case nor accents, and names give their parts", () => {
    expect([...wordCounts("Départ of `departure_hour` at source:airline-feed").words.keys()]).toEqual([
      "depart",
      "of",
      "departure",
      "hour",
      "at",
      "source",
      "airline",
      "feed",
    ]);
  });

  it("take plurals as the singular, but not short words and not -ss", () => {
    expect([...wordCounts("flights flight gas class").words.entries()]).toEqual([
      ["flight", 2],
      ["gas", 1],
      ["class", 1],
    ]);
  });
});
