/** A text as the words it holds, each with how often. */
export interface WordCounts {
  readonly words: ReadonlyMap<string, number>;
  /** Words in all, repeated ones too. */
  readonly length: number;
}

const combiningMarks = /\p{M}/gu;
const notWord = /[^\p{L}\p{N}]+/u;
/** Shorter words keep their end: `gas` and `bus` are no plurals. */
const shortestPlural = 5;

/** Words of a text: without case, accents and marks, plurals in -s as their singular; names with `_`, `-` or `:` give their parts. */
export function wordCounts(text: string): WordCounts {
  const words = new Map<string, number>();
  let length = 0;
  for (const raw of text.normalize("NFKD").replace(combiningMarks, "").toLowerCase().split(notWord)) {
    if (raw === "") continue;
    const word = raw.length >= shortestPlural && raw.endsWith("s") && !raw.endsWith("ss") ? raw.slice(0, -1) : raw;
    words.set(word, (words.get(word) ?? 0) + 1);
    length += 1;
  }
  return { words, length };
}

/** Saturation of repeated words and normalisation by length, as Robertson and Zaragoza recommend. */
const k1 = 1.2;
const b = 0.75;

export interface Bm25Corpus {
  /** Documents in all, those without any word of the question too. */
  readonly documents: number;
  /** Mean length of a document in words. */
  readonly meanLength: number;
  /** Documents that hold a word. */
  readonly holding: (word: string) => number;
}

/** Weight of a rare word: never negative, so that a word in every document adds little and takes nothing away. */
export function inverseDocumentFrequency(documents: number, holding: number): number {
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

/**
 * Okapi BM25 of a document for a question; 0 when they share no word. Higher is nearer; scores of one question compare,
 * those of two do not. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), with the
 * never-negative weight that Lucene uses. Cost: O(words of the question).
 */
export function bm25(question: Iterable<string>, document: WordCounts, corpus: Bm25Corpus): number {
  let score = 0;
  for (const word of new Set(question)) {
    const count = document.words.get(word) ?? 0;
    if (count === 0) continue;
    const norm = k1 * (1 - b + (b * document.length) / Math.max(1, corpus.meanLength));
    score += (inverseDocumentFrequency(corpus.documents, corpus.holding(word)) * count * (k1 + 1)) / (count + norm);
  }
  return score;
}
