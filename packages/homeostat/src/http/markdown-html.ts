import { Marked } from "marked";
import { escapeHtml } from "./escape-html.ts";

/** Links that lead to a page or a mailbox; everything else (scripts, data) stays text. */
const safeLink = /^(https?:\/\/|mailto:|\/(?!\/)|#)/i;

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    checkbox: ({ checked }) =>
      `<span role="img" aria-label="${checked ? "done" : "to do"}">${checked ? "☑" : "☐"}</span> `,
    image: ({ text, href }) => escapeHtml(text === "" ? href : text),
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens);
      return safeLink.test(href) ? `<a href="${escapeHtml(href)}" rel="noreferrer nofollow">${inner}</a>` : inner;
    },
  },
});

/**
 * Markdown as HTML that a page may show as it is: HTML in the text is shown as text, nothing is loaded, and links lead
 * only to pages and mailboxes.
 */
export function markdownHtml(markdown: string): string {
  return marked.parse(markdown, { async: false });
}
