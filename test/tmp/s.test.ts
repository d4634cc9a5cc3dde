import { it } from "vitest";
import { openBrowser } from "../browser/browser.ts";
import { troubledDirectory } from "../house/prepared.ts";
import { startHouse } from "../house/start.ts";
it("x", async () => {
  const house = await startHouse({ data: await troubledDirectory() });
  const browser = await openBrowser();
  const { path } = await house.client.call("signInLink");
  const { page, complaints } = await browser.page(`${house.url}${path}`);
  await page.getByRole("heading", { level: 1, name: "Systems" }).waitFor();
  for (const at of ["/", "/nowhere"]) {
    if (at !== "/") { const { path: again } = await house.client.call("signInLink"); await page.goto(`${house.url}/docs`); await page.goto(`${house.url}${again}`); await page.getByRole("heading", { level: 1, name: "Systems" }).waitFor(); await page.goto(house.url + at); }
    page.on("response", (r) => { if (r.url().includes("session")) console.log(r.request().method(), r.status()); });
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForTimeout(3000);
    console.log(at, "after sign out:", await page.locator("body").innerText().then((t) => t.slice(0, 300)), complaints);
    await page.goto(`${house.url}/systems/flight-delay`);
    await page.waitForTimeout(1500);
    console.log(at, "after reload:", await page.locator("body").innerText().then((t) => t.slice(0, 200)), complaints);
  }
  await browser.close(); await house.killGroup();
}, 120000);
