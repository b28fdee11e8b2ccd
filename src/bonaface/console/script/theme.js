/** Light or dark: as the system has it until someone says otherwise. `early.js` applies what was said before. */

const STORED = "bonaface.theme";

/** Whether the page is dark now. */
export function isDark() {
  const said = document.documentElement.dataset.theme;
  return said === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : said === "dark";
}

/** Change to the other theme and remember it. */
export function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(STORED, theme);
}
