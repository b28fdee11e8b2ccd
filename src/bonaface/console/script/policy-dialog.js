/** The dialogs of a new decision policy and of one that is there: its thresholds, versions and end. */

import { policyPathOf } from "./admin-api.js";
import { ask } from "./ask.js";
import { actions, closed, saveButton, section, submitting, trying } from "./dialog-form.js";
import { field, head } from "./dialog.js";
import { byId, h } from "./dom.js";
import { announce } from "./frame.js";
import { headsOf, scoreOf } from "./policy-words.js";
import { scrolling } from "./scrolling.js";
import { stamp } from "./stamp.js";
import { t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./admin-api.js").Policy} Policy */
/** @typedef {import("./admin-api.js").PolicyDetail} PolicyDetail */

const LONGEST_NAME = 50;
const LONGEST_NOTE = 1000;
const VERSIONS = 200;

/**
 * Ask what a new policy is to be, and make it.
 * @param {AdminApi} api
 * @returns {Promise<void>} when the dialog is closed
 */
export function openNewPolicy(api) {
  const dialog = byId("dialog");
  const name = h("input", { id: "policy-name", required: true, maxlength: LONGEST_NAME, autocomplete: "off" });
  const fields = thresholdFields();
  const trouble = h("div", {});
  const make = async () => {
    await api.send("PUT", policyPathOf(name.value.trim()), fields.read());
    dialog.close();
    announce(t("dialog.saved"));
  };
  const form = h("form", { onsubmit: submitting(make, trouble) },
    head(dialog, "dialog-title", t("policies.create")),
    field(t("policies.name"), name),
    fields.element,
    trouble,
    actions(dialog, t("policies.make")));
  dialog.replaceChildren(form);
  dialog.showModal();
  name.focus();
  return closed(dialog).then(() => undefined);
}

/**
 * Show a policy and let it be changed.
 * @param {AdminApi} api
 * @param {string} name
 * @returns {Promise<string>} when the dialog is closed: "audit" where that is wanted next
 */
export async function openPolicy(api, name) {
  const dialog = byId("dialog");
  const view = new PolicyDialog(api, name, dialog);
  dialog.returnValue = "";
  await view.load();
  if (!dialog.open) dialog.showModal();
  return closed(dialog);
}

class PolicyDialog {
  /**
   * @param {AdminApi} api
   * @param {string} name
   * @param {HTMLDialogElement} dialog
   */
  constructor(api, name, dialog) {
    this.api = api;
    this.name = name;
    this.path = policyPathOf(name);
    this.dialog = dialog;
  }

  async load() {
    try {
      const [found, versions] = await Promise.all([
        this.api.get(this.path),
        this.api.get(`${this.path}/versions`, { limit: VERSIONS }),
      ]);
      this.render(found, versions.items);
    } catch (error) {
      const inside = h("div", { class: "inside" }, head(this.dialog, "dialog-title", t("policies.title")), troubleNote(error));
      this.dialog.replaceChildren(inside);
    }
  }

  /**
   * @param {PolicyDetail} found
   * @param {Policy[]} versions
   */
  render(found, versions) {
    this.found = found;
    this.trouble = h("div", {});
    const inside = h("div", { class: "inside" },
      head(this.dialog, "dialog-title", found.name),
      this.line(),
      this.trouble,
      this.api.mayChange && this.thresholds(),
      versionsOf(versions),
      this.api.mayChange && this.end());
    this.dialog.replaceChildren(inside);
  }

  line() {
    const { isDefault, appKeys, retiredAt } = this.found;
    const whose = [isDefault && t("policies.isDefault"), ...appKeys].filter(Boolean).join(", ");
    const said = retiredAt === null ? t("policies.decidesFor", { whose: whose || t("policies.nobody") }) : t("policies.isRetired");
    const audit = h("button", { type: "button", class: "button little", onclick: () => this.dialog.close("audit") }, t("applications.to.audit"));
    return h("p", { class: "row quiet" }, h("span", {}, said), audit);
  }

  thresholds() {
    const fields = thresholdFields(this.found);
    const save = () => this.change("PUT", fields.read(), "save-policy");
    const form = h("form", { class: "stack", onsubmit: submitting(save, this.trouble) }, fields.element, saveButton("save-policy"));
    return section(t("policies.newest", { version: this.found.version }), form);
  }

  end() {
    const { isDefault, appKeys, retiredAt } = this.found;
    if (retiredAt !== null) return h("p", { class: "part quiet" }, t("policies.retiredText"));
    const isTaken = isDefault || appKeys.length > 0;
    const text = h("p", { class: "quiet" }, t(isTaken ? "policies.takenText" : "policies.retireText"));
    const button = h("button", { type: "button", class: "button danger", id: "retire-policy", disabled: isTaken, onclick: () => this.retire() }, t("policies.retire"));
    return h("div", { class: "part ends row" }, text, button);
  }

  async retire() {
    if (!(await ask(t("policies.retireTitle"), t("policies.retireAsk", { name: this.name }), t("policies.retire")))) return;
    await trying(() => this.change("DELETE", undefined, null), this.trouble);
  }

  /**
   * Change it, show what is there now, and put the focus back.
   * @param {string} method
   * @param {object | undefined} body
   * @param {string | null} focus an id
   */
  async change(method, body, focus) {
    await this.api.send(method, this.path, body);
    await this.load();
    announce(t("dialog.saved"));
    (focus === null ? this.dialog.querySelector("button") : byId(focus)).focus();
  }
}

/**
 * @param {{ rejectBelow: number | null, acceptFrom: number | null, note: string }} [found]
 * @returns {{ element: HTMLElement, read: () => object }}
 */
function thresholdFields(found = { rejectBelow: null, acceptFrom: null, note: "" }) {
  const reject = threshold("policy-reject", found.rejectBelow);
  const accept = threshold("policy-accept", found.acceptFrom);
  const note = h("input", { id: "policy-note", maxlength: LONGEST_NOTE, value: found.note, autocomplete: "off" });
  const pair = h("div", { class: "thirds" },
    field(t("policies.rejectBelow"), reject, t("policies.rejectHint")),
    field(t("policies.acceptFrom"), accept, t("policies.acceptHint")));
  const element = h("div", { class: "stack" }, pair, field(t("applications.note"), note));
  return { element, read: () => ({ rejectBelow: Number(reject.value), acceptFrom: Number(accept.value), note: note.value.trim() }) };
}

/**
 * @param {string} id
 * @param {number | null} value
 */
function threshold(id, value) {
  return h("input", { id, type: "number", min: 0, max: 1, step: "any", required: true, value, inputmode: "decimal" });
}

/** @param {Policy[]} versions */
function versionsOf(versions) {
  const heads = headsOf(["version", "rejectBelow", "acceptFrom", "created", "note"]);
  const rows = versions.map((each) =>
    h("tr", {},
      h("td", { class: "number" }, String(each.version)),
      h("td", { class: "number" }, scoreOf(each.rejectBelow)),
      h("td", { class: "number" }, scoreOf(each.acceptFrom)),
      h("td", { class: "quiet" }, stamp(each.createdAt)),
      h("td", { class: "quiet small" }, each.note)));
  const caption = h("caption", { class: "unseen" }, t("policies.versions"));
  const table = h("table", { class: "versions" }, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows));
  return section(t("policies.versions"), scrolling(table));
}
