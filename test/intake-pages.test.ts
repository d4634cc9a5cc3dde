import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barriers, unasked } from "./browser/barriers.ts";
import { type OpenedBrowser, type OpenedPage, openBrowser } from "./browser/browser.ts";
import { breakPromises, scripted } from "./house/broken-promises.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };
const pages = ["Sources", "Quarantine", "Datasets", "Server"] as const;

let house: House;
let browser: OpenedBrowser;
let opened: OpenedPage;
let page: Page;
let dataset: string;

beforeAll(async () => {
  [house, browser] = await Promise.all([emptyDirectory().then((data) => startHouse({ data })), openBrowser()]);
  const { path: link } = await house.client.call("signInLink");
  opened = await browser.page(`${house.url}${link}`);
  page = opened.page;
  await page.getByRole("heading", { level: 1, name: "Systems" }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await house?.killGroup();
});

async function calm(): Promise<void> {
  expect(await barriers(page)).toEqual([]);
  expect(opened.complaints.filter(unasked)).toEqual([]);
}

async function go(name: (typeof pages)[number]): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await until(`the tab is called ${name}`, async () => ((await page.title()).startsWith(name) ? true : undefined));
}

describe("the pages of intake on an empty server", () => {
  it("are reached from the keyboard, and say what would be there and how to begin", async () => {
    await go("Sources");
    await page.getByText("homeostat source infer").waitFor();
    await calm();
    await go("Quarantine");
    await page.getByText(/What would land here/).waitFor();
    await calm();
    await go("Datasets");
    await page.getByText(/No system is under care/).waitFor();
    await calm();
    await go("Server");
    const shipper = page.getByRole("row", { name: /^shipper/ });
    await shipper.waitFor();
    expect(await shipper.textContent()).toContain("Ready");
    await page.getByText(/No row was turned away/).waitFor();
    await calm();
  });
});

describe("the pages of intake", () => {
  beforeAll(async () => {
    ({ dataset } = await breakPromises(house.client));
  });

  it("list the source with its contract, its reader, and the worst of late", async () => {
    await go("Sources");
    const row = page.getByRole("row", { name: /airline-feed/ });
    await row.getByText("Broken").waitFor();
    const text = await row.textContent();
    expect(text).toContain("2.0.0");
    expect(text).toContain("flight-delay");
    expect(text, "two rules cannot be checked on live rows").toContain("and 2 rules");
    await calm();
  });

  it("show its promises window by window, broken ones with their values, and never call kept what nothing checked", async () => {
    await page.getByRole("link", { name: "airline-feed" }).click();
    await page.getByRole("heading", { level: 1, name: "airline-feed" }).waitFor();
    const cells = page.locator("#promises td[data-row]");
    await cells.first().waitFor();
    const labels = await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute("aria-label") ?? ""));
    const said = labels.filter((text) => / · [5-9] Feb 2001:/.test(text));
    const { items } = await house.client.call("sourceWindows", { path: { source: "airline-feed" } });
    const days = items.filter((window) => window.start < "2001-02-10");
    const states = days.flatMap((window) => window.results.map((result) => result.state));
    expect(said.length).toBe(states.length);
    const count = (state: string): number => states.filter((one) => one === state).length;
    expect(said.filter((text) => /: not checked,/.test(text)).length).toBe(count("not-checked"));
    expect(said.filter((text) => /: kept\./.test(text)).length).toBe(count("passed"));
    expect(said.filter((text) => /: broken\./.test(text)).length).toBe(count("failed"));
    expect(count("failed"), "three promises on two days").toBe(6);
    await calm();
  });

  it("choose a window from the keyboard and name the offending values with their counts", async () => {
    const cell = page.locator('#promises td[aria-label^="distance.range"]').nth(3);
    await cell.focus();
    await page.keyboard.press("Enter");
    const row = page.locator("#promises .table-scroller").getByRole("row", { name: /distance\.range/ });
    await row.getByText("5 of 40").waitFor();
    expect(await row.textContent()).toMatch(/-1 × 5/);
    expect(page.url()).toContain("window=2001-02-08");
  });

  it("draw the health of the pipeline, and list what is declared and not checked with the reason", async () => {
    expect(await page.locator("#pipeline .series-line").count()).toBeGreaterThanOrEqual(4);
    const unchecked = await page.locator("#unchecked").textContent();
    expect(unchecked).toContain("quality text");
    expect(unchecked).toContain("a replay or a backfill");
    expect(unchecked).toContain("known only afterwards");
  });

  it("say of each version what it changed and what that broke", async () => {
    const versions = page.locator("#versions");
    const text = await versions.textContent();
    expect(text).toContain("Broke a system");
    expect(text).toContain("destination is no longer required");
    expect(text).toContain("breaks flight-delay");
    expect(text).toContain("The first version");
  });

  it("find rows in quarantine by what stands in them, and show a payload as text only", async () => {
    await go("Quarantine");
    await page.getByText("3 of 3 rows waiting").waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("337 MILES");
    await page.getByText("1 of 3 rows waiting").waitFor();
    await page.getByRole("button", { name: /inputs\.distance/ }).click();
    const payload = page.getByRole("region", { name: "Payload" });
    await payload.waitFor();
    expect(await payload.textContent()).toBe(JSON.stringify(scripted));
    expect(await page.title()).toContain("Quarantine");
    expect(await page.locator("main script").count()).toBe(0);
    await calm();
  });

  it("put a row right: what is still wrong is said, and a row without a fault is replayed and stored", async () => {
    const { predictions } = await settled(house.client);
    await page.getByRole("button", { name: "Edit the payload" }).click();
    const field = page.getByRole("textbox", { name: "Payload" });
    await field.fill(JSON.stringify(scripted).replace("337 miles", "337 km"));
    await page.getByRole("button", { name: "Save and replay" }).click();
    await page.getByText(/still wrong: inputs\.distance/).waitFor();
    await field.fill(JSON.stringify(scripted).replace('"337 miles"', "337"));
    await page.getByRole("button", { name: "Save and replay" }).click();
    await page.getByText("1 row replayed and durable.").waitFor();
    expect((await settled(house.client)).predictions.stored).toBe(predictions.stored + 1);
    await calm();
  });

  it("replay and discard rows that are chosen; discarding is asked twice", async () => {
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByText("2 of 2 rows waiting").waitFor();
    await page.getByRole("checkbox", { name: "Choose all shown" }).check();
    await page.getByRole("button", { name: "Replay 2 rows" }).click();
    await page.getByText(/2 rows refused again/).waitFor();
    await page.getByRole("combobox", { name: "Reason" }).selectOption("not-json");
    await page.getByRole("checkbox", { name: "Choose all shown" }).check();
    await page.getByRole("button", { name: "Discard …" }).click();
    expect((await house.client.call("quarantine", { path })).counts.discarded).toBe(0);
    await page.getByRole("button", { name: "Discard 1 row for good" }).click();
    await page.getByText("1 row discarded.").waitFor();
    const { counts } = await house.client.call("quarantine", { path });
    expect(counts).toEqual({ open: 1, replayed: 1, discarded: 1 });
    await calm();
  });

  it("show a dataset with its manifest and columns, and read it again on request", async () => {
    await go("Datasets");
    await page.getByRole("link", { name: dataset.slice(0, 15) }).click();
    await page.getByRole("heading", { level: 1, name: /^Dataset ds-/ }).waitFor();
    expect(await page.locator("#origin").textContent()).toContain("origin != 'JFK'");
    const origin = page.locator("#statistics").getByRole("row", { name: /^i_origin/ });
    expect(await origin.textContent()).toMatch(/LAX × \d+/);
    await page.getByText(/Not checked since this page was opened/).waitFor();
    await page.getByRole("button", { name: "Verify now" }).click();
    await page.getByText("Every byte is as it was stored").waitFor();
    await page.getByText(`homeostat dataset export flight-delay ${dataset.slice(0, 15)}`).waitFor();
    await calm();
  });

  it("show where rows are, and which sender's clock is wrong", async () => {
    const ahead = new Date(Date.now() + 120_000).toUTCString();
    const answer = await fetch(`${house.url}/v1/systems/flight-delay/predictions`, {
      method: "POST",
      headers: { authorization: `Bearer ${house.key}`, "content-type": "application/x-ndjson", date: ahead },
      body: JSON.stringify({ ...scripted, id: "ahead", inputs: { ...scripted.inputs, distance: 1 } }),
    });
    expect(answer.status).toBe(202);
    await go("Server");
    await page.getByRole("row", { name: /min ahead/ }).waitFor();
    const row = page.locator("#intake").getByRole("row", { name: /^flight-delay/ });
    await row.waitFor();
    expect(await row.getByRole("link", { name: "1", exact: true }).getAttribute("href")).toContain(
      "/quarantine?system",
    );
    await calm();
  });

  it("lead from a system to its source, its quarantine and its datasets", async () => {
    await page.goto(`${house.url}/systems/flight-delay`);
    await page.getByRole("link", { name: "airline-feed", exact: true }).waitFor();
    await page.getByRole("link", { name: "Rows", exact: true }).click();
    await page.locator("#rows").getByRole("link", { name: "1", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Quarantine" }).waitFor();
    expect(page.url()).toContain("system=flight-delay");
  });

  it("fit a small window, in the dark too", async () => {
    const { path: link } = await house.client.call("signInLink");
    const small = await browser.page(`${house.url}${link}`, { width: 360, height: 640, colorScheme: "dark" });
    await small.page.getByRole("heading", { level: 1, name: "Systems" }).waitFor();
    const places = ["/sources", "/source?id=airline-feed", "/quarantine", "/datasets", "/server"];
    for (const place of [...places, `/systems/flight-delay/datasets/${dataset}`]) {
      await small.page.goto(`${house.url}${place}`);
      await small.page.locator("main table, main .quarantine").first().waitFor();
      expect(await barriers(small.page), place).toEqual([]);
    }
    expect(small.complaints.filter(unasked)).toEqual([]);
    await small.page.close();
  });
});
