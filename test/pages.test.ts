import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barriers, unasked } from "./browser/barriers.ts";
import { type OpenedBrowser, type OpenedPage, openBrowser } from "./browser/browser.ts";
import { troubledDirectory } from "./house/prepared.ts";
import { type House, startHouse } from "./house/start.ts";
import { brokenOrigins } from "./house/trouble.ts";

let house: House;
let browser: OpenedBrowser;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  [house, browser] = await Promise.all([troubledDirectory().then((data) => startHouse({ data })), openBrowser()]);
  const { path } = await house.client.call("signInLink");
  opened = await browser.page(`${house.url}${path}`);
  page = opened.page;
});

afterAll(async () => {
  await browser?.close();
  await house?.killGroup();
});

async function calm(): Promise<void> {
  expect(await barriers(page)).toEqual([]);
  expect(opened.complaints.filter(unasked)).toEqual([]);
  expect(opened.complaints.length, "only the first page was asked for without a session").toBeLessThanOrEqual(1);
}

describe("the pages of a system in trouble", () => {
  it("open with the one-time link, whose token does not stay in the address", async () => {
    await page.getByRole("heading", { level: 1, name: "Systems" }).waitFor();
    expect(page.url()).toBe(`${house.url}/`);
    await calm();
  });

  it("list the systems with their health", async () => {
    const row = page.getByRole("row", { name: /^flight-delay/ });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/critical/i);
    expect(await row.count()).toBe(1);
  });

  it("show one system: its windows, and the heat map of features by days with every number in words", async () => {
    await page.getByRole("link", { name: "flight-delay", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "flight-delay" }).waitFor();
    const cells = page.locator("#drift td[data-row]");
    await cells.first().waitFor();
    const { items: windows } = await house.client.call("windows", { path: { system: "flight-delay" } });
    expect(await cells.count()).toBe(5 * windows.length);
    const said = await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute("aria-label") ?? ""));
    expect(said.every((text) => text.length > 20)).toBe(true);
    expect(said.filter((text) => text.includes("departure_hour")).length).toBe(windows.length);
    const strip = page.getByRole("toolbar", { name: /Windows/ }).getByRole("button");
    expect(await strip.count()).toBe(windows.length);
    await calm();
  });

  it("show the heat map of one segment, where the fault stands out", async () => {
    await page.locator("#drift").getByRole("combobox").first().selectOption("origin=LAX");
    const critical = page.locator("#drift td[data-row] .mark-critical");
    await critical.first().waitFor();
    const said = await critical.first().evaluate((mark) => mark.closest("td")?.getAttribute("aria-label") ?? "");
    expect(said).toMatch(/departure_hour|day_of_week/);
    await calm();
  });

  it("work from the keyboard: the heat map is one stop, and arrow keys move in it", async () => {
    const current = page.locator('#drift td[tabindex="0"]');
    expect(await current.count()).toBe(1);
    await current.focus();
    const before = await current.getAttribute("aria-label");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowLeft");
    const now = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(now).not.toBe(before);
    expect(now?.length).toBeGreaterThan(20);
  });

  it("show the incident with slice, feature and cause", async () => {
    await page.getByRole("link", { name: "Incidents" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
    await page
      .getByRole("link", { name: /departure_hour/ })
      .first()
      .click();
    await page.getByRole("heading", { level: 1, name: /Incident 1/ }).waitFor();
    await page.getByText("time zone fix").first().waitFor();
    const text = await page.getByRole("main").textContent();
    for (const origin of brokenOrigins) expect(text).toContain(origin);
    expect(text).toContain("departure_hour");
    expect(text).toContain("flight-data");
    expect(await page.getByText(/shadow scoring/).count(), "what was not done is said").toBeGreaterThan(0);
    await calm();
  });

  it("acknowledge an incident by a click, with a note", async () => {
    await page.getByRole("textbox", { name: /Note/ }).fill("looking at it from the page");
    await page.getByRole("button", { name: /Acknowledge/ }).click();
    await page.getByText("looking at it from the page").first().waitFor();
    expect(await page.getByRole("button", { name: /Acknowledge/ }).count()).toBe(0);
    const incident = await house.client.call("incident", { path: { number: 1 } });
    expect(incident.state).toBe("acknowledged");
    expect(incident.timeline.some(({ text }) => text.includes("looking at it from the page"))).toBe(true);
    await calm();
  });

  it("show what waits for approval, and reject it by a click", async () => {
    const row = page.getByRole("row", { name: /^still/ });
    await row.getByRole("button", { name: "Reject" }).click();
    await row.getByText("rejected", { exact: true }).waitFor();
    const { items } = await house.client.call("actions", { query: { incident: 1 } });
    expect(items.find(({ action }) => action === "still")?.state).toBe("rejected");
    await calm();
  });

  it("draft the postmortem, edit it and publish it", async () => {
    await page.getByRole("link", { name: "Postmortem", exact: true }).click();
    await page.getByRole("button", { name: /^Draft it/ }).click();
    await page.getByRole("heading", { level: 1, name: "Postmortem of incident 1" }).waitFor();
    await page.getByRole("button", { name: "Edit" }).click();
    const text = page.getByRole("textbox");
    await text.fill(`${await text.inputValue()}\n\n<b>from the page</b>\n`);
    await page.getByRole("button", { name: "Keep as version 2" }).click();
    await page.getByText("<b>from the page</b>").waitFor();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByText("published", { exact: true }).waitFor();
    expect((await house.client.call("postmortem", { path: { number: 1 } })).state).toBe("published");
    await calm();
  });

  it("show the health review of the month", async () => {
    await house.client.call("writeReview", { path: { system: "flight-delay" }, body: { month: "2001-02" } });
    await page.getByRole("link", { name: "Reviews" }).click();
    await page.getByRole("link", { name: "2001-02" }).click();
    await page.getByRole("heading", { level: 1, name: "Health review of flight-delay, 2001-02" }).waitFor();
    await calm();
  });

  it("lead everywhere: every place of the navigation, and from a system to the parts that are folded", async () => {
    const places = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    const names = await places.allTextContents();
    expect(names).toEqual(expect.arrayContaining(["Incidents", "On call", "Silences", "Reviews", "Server"]));
    for (const name of names) {
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
      await page.locator("nav a[aria-current=page]", { hasText: name }).waitFor();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await calm();
    }
    await page.goto(`${house.url}/systems/flight-delay`);
    const contents = page.getByRole("navigation", { name: "On this page" });
    for (const name of ["Monitors", "Failure modes", "Objectives", "Releases", "Rows"]) {
      await contents.getByRole("link", { name, exact: true }).click();
    }
    await page.locator("#releases").getByText("live", { exact: true }).waitFor();
    await page.locator("#rows").getByRole("columnheader", { name: "Acknowledged" }).waitFor();
    await calm();
    await page.getByRole("link", { name: "month by month" }).click();
    await page.getByRole("heading", { level: 1, name: "Health reviews" }).waitFor();
    await page.getByRole("link", { name: "2001-02" }).waitFor();
  });

  it("draw the lineage of the system, every component a link to its own", async () => {
    await page.goto(`${house.url}/systems/flight-delay`);
    await page.getByRole("link", { name: "what it is made from" }).click();
    await page.getByRole("heading", { level: 1, name: "Lineage" }).waitFor();
    const source = page.getByRole("link", { name: "source:airline-feed" }).first();
    await source.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/node=source/);
    await page.getByRole("cell", { name: "contract:airline-feed@" }).first().waitFor();
    await page.locator(".lineage-box[data-root=true]", { hasText: "airline-feed" }).waitFor();
    await calm();
  });

  it("describe the API, with a search", async () => {
    await page.getByRole("link", { name: "API" }).first().click();
    await page.getByRole("heading", { level: 1, name: "API reference" }).waitFor();
    await page.getByText("/v1/systems/{system}/predict").first().waitFor();
    await page.getByRole("searchbox").fill("outcomes");
    await page.getByText(/^\d+ of \d+ routes$/).waitFor();
    await calm();
  });

  it("say so at an address that no page has", async () => {
    await page.goto(`${house.url}/nowhere`);
    await page.getByRole("heading", { level: 1, name: /no page at this address/ }).waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  it("fit a small window, in the dark too", async () => {
    const small = await browser.page(`${house.url}/docs`, { width: 360, height: 640, colorScheme: "dark" });
    await small.page.getByRole("heading", { level: 1 }).waitFor();
    const wide = await small.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    expect(small.complaints.filter(unasked)).toEqual([]);
    await small.page.close();
  });

  it("tell who is not signed in how to, and end the session on request", async () => {
    await page.goto(house.url);
    await page.getByRole("row", { name: /^flight-delay/ }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor({ timeout: 10_000 });
    expect(await page.getByText("flight-delay").count(), "what was read with the session is gone").toBe(0);
    await page.goto(`${house.url}/systems/flight-delay`);
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    expect(await page.getByText("departure_hour").count()).toBe(0);
  });
});
