import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { verdictWords } from "../text/verdict.ts";
import { VerdictBadge } from "./badge.tsx";
import { Known } from "./unknown.tsx";

const states = Object.keys(verdictWords) as (keyof typeof verdictWords)[];
const drawn = states.map((state) => renderToStaticMarkup(createElement(VerdictBadge, { state })));

describe("the six states of a verdict", () => {
  it("differ in shape, not only in colour", () => {
    const shapes = drawn.map((html) => html.match(/<svg.*<\/svg>/)?.[0]);
    expect(new Set(shapes).size).toBe(6);
    expect(shapes).not.toContain(undefined);
  });

  it("say themselves in words", () => {
    for (const [index, state] of states.entries()) expect(drawn[index]).toContain(verdictWords[state].word);
  });
});

describe("a number that is not known", () => {
  it("is a dash with its reason, to eye and ear", () => {
    const html = renderToStaticMarkup(createElement(Known, { value: null, format: String, absent: "no rows yet" }));
    expect(html).toContain("—");
    expect(html).toContain('title="no rows yet"');
    expect(html).toContain("unknown: no rows yet");
    expect(html).not.toContain("0");
  });
});
