/** Buttons that copy. */

import { announce } from "./frame.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./text.js";

const THANKS_MILLISECONDS = 1600;

/**
 * Have `button` copy what `text` gives at that moment.
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 * @param {() => string} what what a screen reader hears after the button's own word
 * @returns {() => void} says the button again, for a language that changed
 */
export function copies(button, text, what) {
  let timer = 0;
  const show = (/** @type {"copy" | "check"} */ name, /** @type {string} */ key) => {
    button.replaceChildren(icon(name), t(key), h("span", { class: "unseen" }, `: ${what()}`));
  };
  const say = () => show("copy", "copy.copy");
  say();
  button.addEventListener("click", async () => {
    await copy(text());
    show("check", "copy.copied");
    announce(t("copy.copied"));
    clearTimeout(timer);
    timer = setTimeout(say, THANKS_MILLISECONDS);
  });
  return say;
}

/** @param {string} text */
async function copy(text) {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = h("textarea", { class: "unseen" }); // without TLS there is no clipboard API
  const before = /** @type {HTMLElement} */ (document.activeElement);
  area.value = text;
  (before.closest("dialog") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  before.focus();
}
