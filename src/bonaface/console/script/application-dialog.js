/** The dialogs of a new application and of one that is there: its texts, limits, secrets and state. */

import { pathOf } from "./admin-api.js";
import { ask } from "./ask.js";
import { actions, closed, saveButton, section, submitting, trying } from "./dialog-form.js";
import { field, head } from "./dialog.js";
import { byId, h } from "./dom.js";
import { expirySelect, overlapSelect } from "./durations.js";
import { announce } from "./frame.js";
import { policySelect } from "./policy-select.js";
import { limitsOf, quotaFields } from "./quota-form.js";
import { scrolling } from "./scrolling.js";
import { showOnce } from "./shown-once.js";
import { stamp } from "./stamp.js";
import { stateBadge, stateOf } from "./state-badge.js";
import { moment, number, t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./admin-api.js").ApplicationDetail} ApplicationDetail */
/** @typedef {import("./admin-api.js").Secret} Secret */

const LONGEST_NAME = 100;
const LONGEST_NOTE = 1000;
const MOST_SECRETS = 2;

/**
 * Ask what a new application is to be, make it, and show its secret.
 * @param {AdminApi} api
 * @returns {Promise<void>} when the dialog is closed
 */
export function openNewApplication(api) {
  const dialog = byId("dialog");
  const texts = textFields("", "");
  const quota = quotaFields();
  const expiry = expirySelect("new-expiry");
  const trouble = h("div", {});
  const make = async () => {
    const asked = { ...texts.read(), quota: quota.read(), secretExpiresAt: expiry.read() };
    const made = await api.send("POST", "/applications", asked);
    return showOnce(made.application.appKey, made.secretKey);
  };
  const form = h("form", { onsubmit: submitting(make, trouble) },
    head(dialog, "dialog-title", t("applications.create")),
    texts.element,
    section(t("quota.title"), quota.element),
    field(t("secret.expiry"), expiry.select),
    trouble,
    actions(dialog, t("applications.make")));
  dialog.replaceChildren(form);
  dialog.showModal();
  byId("application-name").focus();
  return closed(dialog).then(() => undefined);
}

/**
 * Show an application and let it be changed.
 * @param {AdminApi} api
 * @param {string} path
 * @returns {Promise<string>} when the dialog is closed: "usage" or "audit" where that is wanted next
 */
export async function openApplication(api, path) {
  const dialog = byId("dialog");
  const view = new ApplicationDialog(api, path, dialog);
  dialog.returnValue = "";
  await view.load();
  if (!dialog.open) dialog.showModal();
  return closed(dialog);
}

class ApplicationDialog {
  /**
   * @param {AdminApi} api
   * @param {string} path
   * @param {HTMLDialogElement} dialog
   */
  constructor(api, path, dialog) {
    this.api = api;
    this.path = path;
    this.dialog = dialog;
  }

  async load() {
    try {
      const asked = ["", "/policy"].map((rest) => this.api.get(this.path + rest));
      const [found, chosen, policies] = await Promise.all([...asked, this.api.get("/policies")]);
      this.chosen = chosen.policy;
      this.policies = policies;
      this.render(found);
    } catch (error) {
      const inside = h("div", { class: "inside" }, head(this.dialog, "dialog-title", t("applications.title")), troubleNote(error));
      this.dialog.replaceChildren(inside);
    }
  }

  /** @param {ApplicationDetail} found */
  render(found) {
    this.found = found;
    this.trouble = h("div", {});
    const line = h("p", { class: "row quiet" }, h("span", { class: "mono" }, found.appKey), stateBadge(stateOf(found)), this.links());
    const inside = h("div", { class: "inside" }, head(this.dialog, "dialog-title", found.name), line, this.trouble, ...this.parts());
    this.dialog.replaceChildren(inside);
  }

  /** What can be changed, and what can be read alone: of one that is removed, and for viewers. */
  parts() {
    if (this.isFixed) return [this.reading(), this.secrets(), this.found.removedAt !== null && this.api.mayChange && this.removed()];
    return [this.texts(), this.quota(), this.policy(), this.secrets(), this.state(), this.removal()];
  }

  get isFixed() {
    return !this.api.mayChange || this.found.removedAt !== null;
  }

  reading() {
    const used = h("p", { class: "quiet small" }, t("quota.used", { n: number(this.found.usedThisMonth) }));
    const texts = this.found.note ? h("p", {}, this.found.note) : null;
    return section(t("quota.title"), h("div", { class: "stack" }, texts, h("p", {}, limitsOf(this.found.quota)), used));
  }

  links() {
    const link = (/** @type {string} */ wanted) =>
      h("button", { type: "button", class: "button little", onclick: () => this.dialog.close(wanted) }, t(`applications.to.${wanted}`));
    return h("span", { class: "row" }, link("usage"), link("audit"));
  }

  texts() {
    const texts = textFields(this.found.name, this.found.note);
    const save = () => this.change("PATCH", "", texts.read(), t("dialog.saved"), "save-texts");
    return h("form", { class: "part", onsubmit: submitting(save, this.trouble) }, texts.element, saveButton("save-texts"));
  }

  quota() {
    const quota = quotaFields(this.found.quota);
    const save = () => this.change("PUT", "/quota", quota.read(), t("dialog.saved"), "save-quota");
    const used = h("p", { class: "quiet small" }, t("quota.used", { n: number(this.found.usedThisMonth) }));
    const form = h("form", { class: "stack", onsubmit: submitting(save, this.trouble) }, quota.element, used, saveButton("save-quota"));
    return section(t("quota.title"), form);
  }

  policy() {
    const { items, default: byDefault } = this.policies;
    const nothing = byDefault === null ? t("policies.none") : t("policies.byDefault", { name: byDefault });
    const policy = policySelect("application-policy", items, this.chosen, nothing);
    const save = () => this.change("PUT", "/policy", { policy: policy.read() }, t("dialog.saved"), "save-policy");
    const form = h("form", { class: "stack", onsubmit: submitting(save, this.trouble) }, field(t("policies.decides"), policy.select), saveButton("save-policy"));
    return section(t("policies.title"), form);
  }

  secrets() {
    const { secrets } = this.found;
    const heads = ["created", "lastUsed", "expires", ...(this.isFixed ? [] : ["actions"])].map((key) => h("th", { scope: "col" }, t(`secret.${key}`)));
    const caption = h("caption", { class: "unseen" }, t("secret.title"));
    const table = h("table", {}, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...secrets.map((each) => this.secretRow(each))));
    const list = secrets.length ? scrolling(table) : h("p", { class: "quiet" }, t("secret.noneLive"));
    const isFull = secrets.length >= MOST_SECRETS;
    if (this.isFixed) return section(t("secret.title"), list);
    const below = isFull ? h("p", { class: "quiet small" }, t("secret.full")) : this.rotation();
    return section(t("secret.title"), h("div", { class: "stack" }, list, below));
  }

  /** @param {Secret} secret */
  secretRow(secret) {
    const revoke = h("button", { type: "button", class: "button little danger", onclick: () => this.revoke(secret) }, t("secret.revoke"));
    revoke.setAttribute("aria-label", t("secret.revokeThis", { at: moment(secret.createdAt) }));
    return h("tr", {},
      h("td", {}, stamp(secret.createdAt)),
      h("td", {}, secret.lastUsedAt === null ? t("secret.neverUsed") : stamp(secret.lastUsedAt)),
      h("td", {}, secret.expiresAt === null ? t("secret.never") : stamp(secret.expiresAt)),
      !this.isFixed && h("td", {}, revoke));
  }

  rotation() {
    const expiry = expirySelect("rotate-expiry");
    const overlap = overlapSelect("rotate-overlap");
    const rotate = async () => {
      const asked = { expiresAt: expiry.read(), overlapSeconds: this.found.secrets.length ? overlap.read() : null };
      const made = await this.api.send("POST", `${this.path}/secrets`, asked);
      await showOnce(this.found.appKey, made.secretKey);
    };
    const other = this.found.secrets.length > 0 && field(t("secret.overlap"), overlap.select);
    const button = h("button", { class: "button" }, t("secret.rotate"));
    return h("form", { class: "rotation", onsubmit: submitting(rotate, this.trouble) }, field(t("secret.expiry"), expiry.select), other, button);
  }

  /** @param {Secret} secret */
  async revoke(secret) {
    const isSure = await ask(t("secret.revokeTitle"), t("secret.revokeText", { name: this.found.name }), t("secret.revoke"));
    if (!isSure) return;
    await trying(() => this.change("DELETE", `/secrets/${secret.id}`, undefined, t("secret.revoked"), null), this.trouble);
  }

  state() {
    const isActive = this.found.state === "active";
    const text = h("p", { class: "quiet" }, t(isActive ? "applications.disableText" : "applications.enableText"));
    const button = h("button", { type: "button", class: `button ${isActive ? "danger" : ""}`, id: "set-state", onclick: () => this.setState() });
    button.textContent = t(isActive ? "applications.disable" : "applications.enable");
    return h("div", { class: "part ends row" }, text, button);
  }

  async setState() {
    const isActive = this.found.state === "active";
    const { name } = this.found;
    if (isActive && !(await ask(t("applications.disableTitle"), t("applications.disableAsk", { name }), t("applications.disable")))) return;
    const said = t(isActive ? "applications.disabled" : "applications.enabled");
    await trying(() => this.change("PATCH", "", { state: isActive ? "disabled" : "active" }, said, "set-state"), this.trouble);
  }

  removal() {
    const button = h("button", { type: "button", class: "button danger", id: "remove", onclick: () => this.remove() }, t("applications.remove"));
    return h("div", { class: "part ends row" }, h("p", { class: "quiet" }, t("applications.removeText")), button);
  }

  async remove() {
    const { name } = this.found;
    if (!(await ask(t("applications.removeTitle"), t("applications.removeAsk", { name }), t("applications.remove")))) return;
    await trying(() => this.change("DELETE", "", undefined, t("applications.removed"), "restore"), this.trouble);
  }

  removed() {
    const restore = () => trying(() => this.change("POST", "/restore", undefined, t("applications.restored"), "remove"), this.trouble);
    const button = h("button", { type: "button", class: "button", id: "restore", onclick: restore }, t("applications.restore"));
    return h("div", { class: "part ends row" }, h("p", { class: "quiet" }, t("applications.restoreText")), button);
  }

  /**
   * Change something, show what is there now, and put the focus back.
   * @param {string} method
   * @param {string} rest of the path
   * @param {object | undefined} body
   * @param {string} said
   * @param {string | null} focus an id
   */
  async change(method, rest, body, said, focus) {
    await this.api.send(method, this.path + rest, body);
    await this.load();
    announce(said);
    (focus === null ? this.dialog.querySelector("button") : byId(focus)).focus();
  }
}

/**
 * @param {string} name
 * @param {string} note
 */
function textFields(name, note) {
  const named = h("input", { id: "application-name", required: true, maxlength: LONGEST_NAME, value: name, autocomplete: "off" });
  const noted = h("input", { id: "application-note", maxlength: LONGEST_NOTE, value: note, autocomplete: "off" });
  const element = h("div", { class: "stack" }, field(t("applications.name"), named), field(t("applications.note"), noted));
  return { element, read: () => ({ name: named.value.trim(), note: noted.value.trim() }) };
}
