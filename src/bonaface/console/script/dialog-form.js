/** Forms inside dialogs: their parts, and what becomes of them when they are sent. */

import { h } from "./dom.js";
import { t } from "./text.js";
import { troubleNote } from "./trouble.js";

/**
 * @param {string} title
 * @param {Node} content
 */
export function section(title, content) {
  return h("section", { class: "part" }, h("h3", {}, title), content);
}

/** @param {string} id */
export function saveButton(id) {
  return h("div", { class: "row ends" }, h("button", { class: "button", id }, t("dialog.save")));
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} go
 */
export function actions(dialog, go) {
  const cancel = h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("dialog.cancel"));
  return h("div", { class: "row ends" }, cancel, h("button", { class: "button primary" }, go));
}

/**
 * A listener that runs `work` in place of sending the form.
 * @param {() => Promise<void>} work
 * @param {HTMLElement} trouble
 */
export function submitting(work, trouble) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    trying(work, trouble);
  };
}

/**
 * @param {() => Promise<void>} work
 * @param {HTMLElement} trouble where to tell what went wrong
 */
export async function trying(work, trouble) {
  trouble.replaceChildren();
  try {
    await work();
  } catch (error) {
    trouble.replaceChildren(troubleNote(error));
    trouble.scrollIntoView({ block: "nearest" });
  }
}

/**
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<string>}
 */
export function closed(dialog) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
