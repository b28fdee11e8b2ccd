/** A secret that was just made: it is shown this one time. */

import { copies } from "./copy.js";
import { note } from "./dialog.js";
import { byId, h } from "./dom.js";
import { t } from "./text.js";

/**
 * Show it in the dialog until someone says that it is stored. Escape does not close it: what is lost is lost.
 * @param {string} appKey
 * @param {string} secretKey
 * @returns {Promise<void>}
 */
export function showOnce(appKey, secretKey) {
  const dialog = byId("dialog");
  const done = h("button", { class: "button primary" }, t("secret.stored"));
  dialog.replaceChildren(
    h("form", { method: "dialog" },
      h("h2", { id: "dialog-title" }, t("secret.made")),
      note("warn", t("secret.once")),
      value("appKey", "made-app-key", appKey),
      value("secretKey", "made-secret-key", secretKey),
      h("div", { class: "row ends" }, done)),
  );
  const stay = (/** @type {Event} */ event) => event.preventDefault();
  dialog.addEventListener("cancel", stay);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input + button")?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.removeEventListener("cancel", stay);
      dialog.replaceChildren();
      resolve();
    }, { once: true });
  });
}

/**
 * @param {string} label
 * @param {string} id
 * @param {string} text
 */
function value(label, id, text) {
  const button = h("button", { type: "button", class: "button" });
  copies(button, () => text, () => label);
  const input = h("input", { id, readonly: true, class: "mono", value: text });
  return h("div", { class: "field" }, h("label", { for: id }, label), h("div", { class: "copied" }, input, button));
}
