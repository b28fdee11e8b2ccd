/** The audit trail, newest first. */

import { byId, h } from "./dom.js";
import { scrolling } from "./scrolling.js";
import { stamp } from "./stamp.js";
import { has, t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./admin-api.js").AuditEntry} AuditEntry */

const PAGE = 20;
const NEW = /\.(create|add)$/;

/** The panel. `element` is on the page; `load` asks the server. */
export class AuditPanel {
  /** @param {AdminApi} api */
  constructor(api) {
    this.api = api;
    this.appKey = "";
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
    this.element.replaceChildren(h("header", {}, title, this.filter()), this.body);
    this.renderBody();
  }

  /** From the newest entry. */
  async load() {
    this.entries = [];
    this.next = null;
    await this.more();
  }

  async more() {
    const { appKey } = this;
    try {
      const page = await this.api.get("/audit", { limit: PAGE, before: this.next, appKey });
      if (appKey !== this.appKey) return;
      this.entries = [...this.entries, ...page.items];
      this.next = page.next;
      this.trouble = null;
    } catch (error) {
      this.trouble = error;
    }
    this.renderBody();
  }

  /**
   * Show one application's entries; "" shows all.
   * @param {string} appKey
   */
  showApplication(appKey) {
    this.appKey = appKey;
    this.render();
    this.load();
    byId("audit-title").focus();
  }

  filter() {
    if (!this.appKey) return null;
    const all = h("button", { type: "button", class: "button little", onclick: () => this.showApplication("") }, t("audit.all"));
    return h("span", { class: "row" }, h("span", { class: "mono" }, this.appKey), all);
  }

  renderBody() {
    if (this.trouble !== null) this.body.replaceChildren(h("div", { class: "body" }, troubleNote(this.trouble)));
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
    (this.next === null ? byId("audit-title") : byId("audit-more")).focus();
  }
}

/** @param {AuditEntry} entry */
function row({ at, actor, action, target, detail, origin }) {
  const key = `action.${action}`;
  return h("tr", {},
    h("td", {}, stamp(at)),
    h("td", {}, actor),
    h("td", {}, has(key) ? t(key) : action),
    h("td", { class: "mono" }, target),
    h("td", { class: "detail quiet small" }, detailOf(action, detail)),
    h("td", { class: "quiet" }, origin));
}

/**
 * What was set to what. Of something new, what was left empty tells nothing.
 * @param {string} action
 * @param {Record<string, unknown>} detail
 */
function detailOf(action, detail) {
  const isNew = NEW.test(action);
  const told = Object.entries(detail).filter(([, value]) => !isNew || (value !== null && value !== ""));
  return told.map(([name, value]) => `${name}: ${value === null ? "–" : value}`).join(" · ");
}
