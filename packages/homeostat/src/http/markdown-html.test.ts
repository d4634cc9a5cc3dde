import { describe, expect, it } from "vitest";
import { plainMarkdown, sentenceMarkdown } from "../domain/postmortem/markdown-text.ts";
import { markdownHtml } from "./markdown-html.ts";

describe("Markdown for a page", () => {
  it("shows HTML of a text as text", () => {
    const html = markdownHtml("# Hello\n\n<script>alert(1)</script> and <b onclick=x>this</b>");
    expect(html).toContain("<h1>Hello</h1>");
    expect(html).not.toMatch(/<script|<b /);
    expect(html).toContain("&lt;script&gt;");
  });

  it("loads no picture and follows no script", () => {
    const html = markdownHtml(
      "![seen](https://spy.example/x.png) [run](javascript:alert(1)) [data](data:text/html,x) [there](//evil.example) [ok](https://ok.example/?a=1&b=2)",
    );
    expect(html).not.toMatch(/<img|javascript:|data:|evil/);
    expect(html).toContain('<a href="https://ok.example/?a=1&amp;b=2" rel="noreferrer nofollow">ok</a>');
  });

  it("ticks the boxes of actions", () => {
    expect(markdownHtml("- [x] A1 @ann done")).toContain('<span role="img" aria-label="done">☑</span>');
    expect(markdownHtml("- [ ] A1 @ann open")).toContain('aria-label="to do"');
  });

  it("shows what users wrote as they wrote it, whatever it means in Markdown", () => {
    for (const text of ["*a* _b_ [c](d) `e` <i>f</i> | g ~~h~~ ![i](j) # k & &amp; \\"]) {
      const html = markdownHtml(plainMarkdown(text));
      const shown = html
        .replaceAll(/<[^>]+>/g, "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&amp;", "&")
        .trim();
      expect(shown).toBe(text);
    }
  });

  it("keeps names between backticks in our own sentences, and nothing else", () => {
    expect(markdownHtml(sentenceMarkdown("`departure_hour` moved in *ATL*"))).toBe(
      "<p><code>departure_hour</code> moved in *ATL*</p>\n",
    );
    expect(sentenceMarkdown("began 2001-02-10T00:00:00.000Z")).toBe("began 2001-02-10 00:00 UTC");
    expect(markdownHtml(sentenceMarkdown("one ` alone"))).toBe("<p>one ` alone</p>\n");
  });
});
