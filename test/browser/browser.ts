import { type Browser as Chromium, chromium, type Page } from "playwright-core";

/** What a page is opened with. */
interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  readonly timezone?: string;
}

/** A page, and what its console and the network complained about while it was open. */
export interface OpenedPage {
  readonly page: Page;
  /** Uncaught errors, console errors (a refused Content-Security-Policy among them) and failed requests. */
  readonly complaints: readonly string[];
}

export interface OpenedBrowser extends AsyncDisposable {
  /** Opens an address in a context of its own: no cookie is shared with other pages. */
  readonly page: (url: string, options?: PageOptions) => Promise<OpenedPage>;
  readonly close: () => Promise<void>;
}

// The package's own defaults switch off the web's security and isolation, which tests of a security policy must not.
const launchArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function executablePath(): Promise<string> {
  // Read when the package is imported: makes it unpack and use the shared libraries it brings along.
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs20.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  return packaged.executablePath();
}

function listen(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    // Queries are aborted when their page is left; only other failures are news.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") {
      complaints.push(`request: ${request.url()} ${request.failure()?.errorText ?? ""}`);
    }
  });
  return complaints;
}

async function openPage(browser: Chromium, url: string, options: PageOptions): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? "light",
    timezoneId: options.timezone ?? "UTC",
    locale: "en-GB",
  });
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(url);
  return { page, complaints };
}

/**
 * Starts the packaged headless Chromium: no system browser is needed. Close it, or hold it with `await using`.
 * Cost: about a second to start, about 60 MB unpacked into the temporary folder the first time.
 */
export async function openBrowser(): Promise<OpenedBrowser> {
  const browser = await chromium.launch({
    executablePath: await executablePath(),
    headless: true,
    args: launchArguments,
  });
  const close = (): Promise<void> => browser.close();
  return {
    page: (url, options = {}) => openPage(browser, url, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}
