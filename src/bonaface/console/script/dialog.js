/** What the dialogs share. The dialog element itself keeps the focus inside and gives it back. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./text.js";

/**
 * Title and close button of a dialog.
 * @param {HTMLDialogElement} dialog
 * @param {string} id of the heading, which `dialog` names as its label
 * @param {string} title
 */
export function head(dialog, id, title) {
  return h("div", { class: "head" }, h("h2", { id }, title), closeButton(dialog));
}

/**
 * A labelled input. `hint` stands below it.
 * @param {string} label
 * @param {any} input
 * @param {string | null} [hint]
 */
export function field(label, input, hint = null) {
  if (hint !== null) input.setAttribute("aria-describedby", `${input.id}-hint`);
  const below = hint === null ? null : h("span", { class: "hint", id: `${input.id}-hint` }, hint);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, below);
}

/**
 * A note with an icon.
 * @param {"good" | "bad" | "warn" | "none"} kind
 * @param {...(Node | string | null)} children
 */
export function note(kind, ...children) {
  const picture = icon(kind === "warn" ? "bad" : kind);
  return h("div", { class: `note ${kind}`, role: kind === "bad" ? "alert" : null }, picture, h("div", {}, ...children));
}

/** @param {HTMLDialogElement} dialog */
function closeButton(dialog) {
  const props = { type: "button", class: "button plain icon-only close", "aria-label": t("dialog.close") };
  return h("button", { ...props, onclick: () => dialog.close() }, icon("close"));
}
