/** Asking before something is done that cannot be undone, or that stops a client. */

import { byId, h } from "./dom.js";
import { t } from "./text.js";

/**
 * Whether the administrator says yes. The focus begins on "cancel".
 * @param {string} title
 * @param {string} text
 * @param {string} yes
 * @returns {Promise<boolean>}
 */
export function ask(title, text, yes) {
  const dialog = byId("question");
  const cancel = h("button", { value: "", class: "button", autofocus: true }, t("dialog.cancel"));
  const confirm = h("button", { value: "yes", class: "button danger primary" }, yes);
  dialog.replaceChildren(
    h("form", { method: "dialog" },
      h("h2", { id: "question-title" }, title),
      h("p", { id: "question-text" }, text),
      h("div", { class: "row ends" }, cancel, confirm)),
  );
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
