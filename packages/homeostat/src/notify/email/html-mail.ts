import { escapedTo, type Message, oneLine } from "../../domain/notification/message.ts";
import { saysAll } from "../../domain/notification/plain-text.ts";

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const longestText = 20_000;
const escaped = (text: string): string => escapedTo(oneLine(text), longestText, escapes);

/** Only http and https become links: what users sent cannot make a `javascript:` of one. */
const isWeb = (href: string): boolean => /^https?:\/\//.test(href);

/** A message as one small HTML page: styles in place, no image, no script, nothing loaded from anywhere. Pure. */
export function htmlMail(message: Message): string {
  const { headline, sentence, facts, next, links } = message;
  const rows = facts.map(
    ({ label, text }) =>
      `<tr><th align="left" valign="top" style="padding:2px 16px 2px 0;white-space:nowrap">${escaped(label)}</th><td style="padding:2px 0">${escaped(text)}</td></tr>`,
  );
  const addresses = links.map(({ label, href }) =>
    isWeb(href) ? `<a href="${escaped(href)}">${escaped(label)}</a>` : `${escaped(label)}: ${escaped(href)}`,
  );
  return [
    `<!doctype html><html lang="en"><body style="font:15px/1.5 sans-serif">`,
    `<h1 style="font-size:18px">${escaped(headline)}</h1>`,
    ...(saysAll(message) ? [] : [`<p>${escaped(sentence)}</p>`]),
    ...(rows.length === 0 ? [] : [`<table role="presentation" cellspacing="0">${rows.join("")}</table>`]),
    ...(next === undefined ? [] : [`<p><strong>What to do next:</strong> ${escaped(next)}</p>`]),
    `<p>${addresses.join(" &middot; ")}</p>`,
    "</body></html>",
  ].join("\n");
}
