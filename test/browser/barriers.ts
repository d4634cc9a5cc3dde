import type { Page } from "playwright-core";

/** What somebody who cannot see the page would stumble over; a few rules, checked by hand. */
export async function barriers(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const nameOf = (element: Element): string =>
      (
        element.getAttribute("aria-label") ??
        element.getAttribute("title") ??
        document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent ??
        element.textContent ??
        ""
      ).trim();
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) found.push(`${headings} main headings`);
    if (document.querySelectorAll("main").length !== 1) found.push("no single main part");
    if (document.documentElement.lang === "") found.push("no language");
    if (document.title === "") found.push("no title");
    for (const element of document.querySelectorAll("button, a[href]"))
      if (nameOf(element) === "") found.push(`nameless: ${element.outerHTML.slice(0, 120)}`);
    for (const field of document.querySelectorAll("input, select, textarea"))
      if (((field as HTMLInputElement).labels?.length ?? 0) === 0 && nameOf(field) === "")
        found.push(`unlabelled: ${field.outerHTML.slice(0, 120)}`);
    for (const image of document.querySelectorAll("img:not([alt])")) found.push(`no text: ${image.outerHTML}`);
    for (const drawing of document.querySelectorAll("svg:not([aria-hidden]):not([aria-label]):not([role])"))
      found.push(`unexplained drawing: ${drawing.outerHTML.slice(0, 120)}`);
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) found.push(`id twice: ${id}`);
    const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName[1]));
    levels.forEach((level, index) => {
      if (index > 0 && level > (levels[index - 1] ?? level) + 1)
        found.push(`heading ${level} after ${levels[index - 1]}`);
    });
    if (document.documentElement.scrollWidth > window.innerWidth) found.push("the page is wider than the window");
    return found;
  });
}

/** A browser reports the answer to "who am I" as an error as long as nobody is signed in. */
export const unasked = (complaint: string): boolean => !/401 \(Unauthorized\)/.test(complaint);
