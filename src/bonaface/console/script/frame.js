/** What stands around both pages: name, navigation, language, theme, what a screen reader is told. */

import { SERVER } from "./server.js";
import { byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { LANGUAGES, currentLanguage, sayAll, setLanguage, t, whenSaid } from "./text.js";
import { isDark, toggleTheme } from "./theme.js";

const PAGES = { test: "/console", overview: "/console/overview" };

/**
 * Fill the bar at the top and say everything.
 * @param {keyof typeof PAGES} page
 */
export function openFrame(page) {
  sayAll();
  whenSaid(() => {
    document.title = t(`${page}.pageTitle`);
    byId("bar").replaceChildren(brand(), navigation(page), tools());
  });
}

/**
 * Tell a screen reader something that the eye sees anyway.
 * @param {string} text
 */
export function announce(text) {
  byId("status").textContent = text;
}

function brand() {
  const picture = h("img", { src: `${SERVER}/console/image/icon.svg`, alt: "", width: 26, height: 26 });
  return h("a", { class: "brand", href: `${SERVER}${PAGES.test}` }, picture, "bonaface");
}

/** @param {string} page */
function navigation(page) {
  const links = Object.entries(PAGES).map(([name, path]) =>
    h("a", { href: SERVER + path, "aria-current": name === page && "page" }, t(`frame.${name}`)),
  );
  return h("nav", { "aria-label": t("frame.pages") }, ...links, h("a", { href: `${SERVER}/docs` }, t("frame.docs")));
}

function tools() {
  return h("div", { class: "tools" }, languages(), theme());
}

function languages() {
  const buttons = Object.entries(LANGUAGES).map(([name, title]) => {
    const say = () => speak(name);
    const pressed = String(name === currentLanguage());
    return h("button", { type: "button", lang: name, "aria-pressed": pressed, "data-language": name, onclick: say }, title);
  });
  return h("div", { class: "choices small", role: "group", "aria-label": t("frame.language") }, ...buttons);
}

/** @param {string} language */
function speak(language) {
  setLanguage(language);
  byId("bar").querySelector(`[data-language="${language}"]`).focus();
}

function theme() {
  const button = h("button", { type: "button", class: "button plain icon-only", id: "theme" });
  const show = () => {
    button.replaceChildren(icon(isDark() ? "light" : "dark"));
    button.setAttribute("aria-label", t(isDark() ? "frame.toLight" : "frame.toDark"));
    button.title = button.getAttribute("aria-label");
  };
  button.addEventListener("click", () => {
    toggleTheme();
    show();
  });
  show();
  return button;
}
