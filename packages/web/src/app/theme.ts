/** What the person chose; `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

const storageKey = "homeostat-theme";
const isTheme = (text: string | null): text is Theme => text === "system" || text === "light" || text === "dark";

/** The stored choice, `system` when there is none or when the browser refuses storage. */
export function storedTheme(): Theme {
  try {
    const text = localStorage.getItem(storageKey);
    return isTheme(text) ? text : "system";
  } catch {
    return "system";
  }
}

/** Shows a theme and remembers it. Where storage is refused the choice lasts until the page is closed. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // Private windows may refuse storage; the choice still holds for this page.
  }
}

/** Called before the first paint, so that a page never flashes in the wrong theme. */
export function applyStoredTheme(): void {
  document.documentElement.dataset.theme = storedTheme();
}
