/** The audit trail, newest first. */

import { actionName, csvOf, detailOf } from "./audit-words.js";
import { field } from "./dialog.js";
import { byId, giveBackFocus, h } from "./dom.js";
import { announce } from "./frame.js";
import { scrolling } from "./scrolling.js";
import { stamp } from "./stamp.js";
import { t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./admin-api.js").AuditEntry} AuditEntry */

const PAGE = 20;
const LARGEST_PAGE = 200;
const ACTIONS = Object.freeze([
  "application.create",
  "application.edit",
  "application.disable",
  "application.enable",
  "policy.assign",
  "policy.put",
  "policy.retire",
  "quota.set",
  "secret.add",
  "secret.revoke",
  "token.create",
  "token.revoke",
]);

/** The panel. `element` is on the page; `load` asks the server. */
export class AuditPanel {
  /** @param {AdminApi} api */
  constructor(api) {
    this.api = api;
    this.appKey = "";
    this.actor = "";
    this.action = "";
    this.first = "";
    this.last = "";
    this.turn = 0;
    /** @type {AuditEntry[]} */
    this.entries = [];
    /** @type {number | null} */
    this.next = null;
    /** @type {unknown} */
    this.trouble = null;
    this.body = h("div", {});
    this.element = h("section", { class: "card", "aria-labelledby": "audit-title" });
  }

  /** Say everything in the language of now. */
  render() {
    const title = h("h2", { id: "audit-title", tabindex: -1 }, t("audit.title"));
    const out = h("button", { type: "button", class: "button little", id: "audit-export", onclick: () => this.export() }, t("audit.export"));
    this.element.replaceChildren(h("header", {}, title, out), this.filters(), this.body);
    this.renderBody();
  }

  /** From the newest entry. */
  async load() {
    this.turn += 1;
    this.entries = [];
    this.next = null;
    await this.more();
  }

  async more() {
    const { turn } = this;
    try {
      const page = await this.api.get("/audit", { limit: PAGE, before: this.next, ...this.sought() });
      if (turn !== this.turn) return;
      this.entries = [...this.entries, ...page.items];
      this.next = page.next;
      this.trouble = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.trouble = error;
    }
    this.renderBody();
  }

  /** What is asked for, as the API takes it. Days are those of whoever reads, both included. */
  sought() {
    const { appKey, actor, action, first, last } = this;
    const end = last && new Date(`${last}T00:00`);
    if (end) end.setDate(end.getDate() + 1);
    return { appKey, actor, action, from: first && new Date(`${first}T00:00`).toISOString(), to: end && end.toISOString() };
  }

  /** Every entry that is asked for, as a file. */
  async export() {
    const entries = [];
    try {
      let next = null;
      do {
        const page = await this.api.get("/audit", { limit: LARGEST_PAGE, before: next, ...this.sought() });
        entries.push(...page.items);
        next = page.next;
      } while (next !== null);
    } catch (error) {
      this.trouble = error;
      this.renderBody();
      return;
    }
    const address = URL.createObjectURL(new Blob([csvOf(entries)], { type: "text/csv" }));
    h("a", { href: address, download: "audit.csv" }).click();
    URL.revokeObjectURL(address);
    announce(t("audit.exported"));
  }

  /**
   * Show one application's entries; "" shows all.
   * @param {string} appKey
   */
  showApplication(appKey) {
    Object.assign(this, { appKey, actor: "", action: "", first: "", last: "" });
    this.render();
    this.load();
    byId("audit-title").focus();
  }

  filters() {
    const all = h("button", { type: "button", class: "button", onclick: () => this.showApplication("") }, t("audit.all"));
    const action = this.listen("action", h("select", { id: "audit-action" }));
    const options = ["", ...ACTIONS].map((each) =>
      h("option", { value: each, selected: each === this.action }, each ? actionName(each) : t("audit.anyAction")),
    );
    action.append(...options);
    return h("div", { class: "body controls" },
      field(t("audit.from"), this.listen("first", h("input", { id: "audit-first", type: "date" }))),
      field(t("audit.to"), this.listen("last", h("input", { id: "audit-last", type: "date" }))),
      field(t("audit.actor"), this.listen("actor", h("input", { id: "audit-actor", type: "search", placeholder: "token:NAME" }))),
      field(t("audit.action"), action),
      field(t("audit.application"), this.listen("appKey", h("input", { id: "audit-application", type: "search", placeholder: "appKey" }))),
      all);
  }

  /**
   * @param {"first" | "last" | "actor" | "action" | "appKey"} name
   * @param {HTMLInputElement | HTMLSelectElement} input
   */
  listen(name, input) {
    input.value = this[name];
    input.addEventListener("change", () => {
      this[name] = input.value.trim();
      this.load();
    });
    return input;
  }

  renderBody() {
    if (this.trouble !== null) this.body.replaceChildren(h("div", { class: "body" }, troubleNote(this.trouble)));
    else if (this.entries.length === 0) this.body.replaceChildren(h("p", { class: "body quiet" }, t("audit.none")));
    else this.body.replaceChildren(scrolling(this.table()), this.paging());
  }

  table() {
    const heads = ["at", "actor", "action", "target", "detail", "origin"].map((key) => h("th", { scope: "col" }, t(`audit.${key}`)));
    const caption = h("caption", { class: "unseen" }, t("audit.title"));
    return h("table", { class: "audit" }, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...this.entries.map(row)));
  }

  paging() {
    const more = h("button", { type: "button", class: "button little", id: "audit-more", onclick: () => this.showMore() }, t("audit.more"));
    return h("div", { class: "paging", hidden: this.next === null }, more);
  }

  /** The button stays where the next press would look for it. */
  async showMore() {
    await this.more();
    giveBackFocus(byId(this.next === null ? "audit-title" : "audit-more"));
  }
}

/** @param {AuditEntry} entry */
function row(entry) {
  const { at, actor, action, target, origin } = entry;
  return h("tr", {},
    h("td", {}, stamp(at)),
    h("td", {}, actor),
    h("td", {}, actionName(action)),
    h("td", { class: "mono" }, target),
    h("td", { class: "detail quiet small" }, detailOf(entry)),
    h("td", { class: "quiet" }, origin));
}
