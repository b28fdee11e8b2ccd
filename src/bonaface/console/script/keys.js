/** The dialog for the base URL, appKey and secretKey. */

import { SERVER } from "./server.js";
import { byId, h } from "./dom.js";
import { field, head } from "./dialog.js";
import { announce } from "./frame.js";
import { takeKeysOfLink } from "./link.js";
import { forgetKeys, keepKeys, readKeys } from "./session.js";
import { t, whenSaid } from "./text.js";

/**
 * Wire the button and the dialog, and take the keys of a link.
 * @param {() => void} changed runs when keys were kept or forgotten
 */
export function openKeys(changed) {
  byId("keys").addEventListener("click", () => askForKeys(changed));
  whenSaid(showState);
  const take = () => {
    if (!takeKeysOfLink()) return;
    showState();
    announce(t("keys.kept"));
    changed();
  };
  addEventListener("hashchange", take);
  take();
}

/**
 * Open the dialog.
 * @param {() => void} changed
 */
export function askForKeys(changed) {
  const dialog = byId("keys-dialog");
  dialog.replaceChildren(formOf(dialog, () => { showState(); changed(); }));
  dialog.showModal();
  byId(readKeys() === null ? "app-key" : "base-url").focus();
}

function showState() {
  const isSet = readKeys() !== null;
  byId("keys-dot").classList.toggle("on", isSet);
  byId("keys-state").textContent = `: ${t(isSet ? "keys.set" : "keys.unset")}`;
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {() => void} changed
 */
function formOf(dialog, changed) {
  const kept = readKeys() ?? { baseUrl: SERVER, appKey: "", secretKey: "" };
  const plain = { autocomplete: "off", spellcheck: "false", autocapitalize: "none" };
  const baseUrl = h("input", { id: "base-url", type: "url", required: true, value: kept.baseUrl, ...plain });
  const appKey = h("input", { id: "app-key", required: true, class: "mono", value: kept.appKey, ...plain });
  const secretKey = h("input", { id: "secret-key", type: "password", required: true, class: "mono", value: kept.secretKey, ...plain });
  const keep = () => {
    const base = baseUrl.value.trim().replace(/\/+$/, "");
    keepKeys({ baseUrl: base, appKey: appKey.value.trim(), secretKey: secretKey.value.trim() });
    announce(t("keys.kept"));
    dialog.close();
    changed();
  };
  const forget = () => {
    forgetKeys();
    announce(t("keys.forgotten"));
    dialog.close();
    changed();
  };
  return h(
    "form",
    { method: "dialog", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); keep(); } },
    head(dialog, "keys-title", t("keys.title")),
    h("p", { class: "quiet" }, t("keys.lead")),
    field(t("keys.baseUrl"), baseUrl, t("keys.baseUrlHint", { server: SERVER })),
    field("appKey", appKey),
    field("secretKey", secretKey),
    actions(forget, dialog),
  );
}

/**
 * @param {() => void} forget
 * @param {HTMLDialogElement} dialog
 */
function actions(forget, dialog) {
  const forgets = h("button", { type: "button", class: "button danger plain", onclick: forget }, t("keys.forget"));
  const cancel = h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("dialog.cancel"));
  return h("div", { class: "row ends" }, readKeys() !== null && forgets, cancel, h("button", { class: "button primary" }, t("keys.keep")));
}
