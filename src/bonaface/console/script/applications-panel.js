/** The list of applications, a page at a time. */

import { pathOf } from "./admin-api.js";
import { openApplication, openNewApplication } from "./application-dialog.js";
import { byId, giveBackFocus, h } from "./dom.js";
import { icon } from "./icons.js";
import { limitsOf } from "./quota-form.js";
import { scrolling } from "./scrolling.js";
import { stamp } from "./stamp.js";
import { stateBadge, stateOf } from "./state-badge.js";
import { t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./admin-api.js").Application} Application */

const PAGE = 10;
const PATIENCE_MILLISECONDS = 250;
const REMOVED = "removed";
const STATES = ["", "active", "disabled", REMOVED];

/** The panel. `element` is on the page; `load` asks the server. */
export class ApplicationsPanel {
  /**
   * @param {AdminApi} api
   * @param {{ usage: (appKey: string) => void, audit: (appKey: string) => void, changed: () => void }} others
   */
  constructor(api, others) {
    this.api = api;
    this.others = others;
    this.search = "";
    this.state = "";
    /** @type {(string | null)[]} where the pages up to this one begin */
    this.cursors = [null];
    /** @type {{ items: Application[], next: string | null } | null} */
    this.page = null;
    /** @type {unknown} */
    this.trouble = null;
    this.timer = 0;
    this.turn = 0;
    this.body = h("div", {});
    this.element = h("section", { class: "card", "aria-labelledby": "applications-title" });
  }

  /** Say everything in the language of now. */
  render() {
    const create = h("button", { type: "button", class: "button primary", id: "create", onclick: () => this.create() });
    create.append(icon("plus"), t("applications.create"));
    const header = h("header", {}, h("h2", { id: "applications-title" }, t("applications.title")), this.api.mayChange && create);
    this.element.replaceChildren(header, this.filters(), this.body);
    this.renderBody();
  }

  async load() {
    const turn = (this.turn += 1);
    const after = this.cursors[this.cursors.length - 1];
    try {
      const wanted = this.state === REMOVED ? { removed: "true" } : { state: this.state };
      const page = await this.api.get("/applications", { search: this.search, ...wanted, limit: PAGE, after });
      if (turn !== this.turn) return;
      this.page = page;
      this.trouble = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.trouble = error;
    }
    this.renderBody();
  }

  filters() {
    const search = h("input", { type: "search", "aria-label": t("applications.search"), placeholder: t("applications.search"), value: this.search });
    search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.filter({ search: search.value.trim() }), PATIENCE_MILLISECONDS);
    });
    const state = h("select", { "aria-label": t("applications.state"), onchange: () => this.filter({ state: state.value }) });
    state.append(...STATES.map((each) => h("option", { value: each, selected: each === this.state }, t(`applications.state.${each || "all"}`))));
    return h("div", { class: "filters" }, search, state);
  }

  /** @param {{ search?: string, state?: string }} wanted */
  filter(wanted) {
    Object.assign(this, wanted);
    this.cursors = [null];
    this.load();
  }

  renderBody() {
    if (this.trouble !== null) this.body.replaceChildren(h("div", { class: "body" }, troubleNote(this.trouble)));
    else if (this.page === null) this.body.replaceChildren();
    else if (this.page.items.length === 0) this.body.replaceChildren(h("p", { class: "body quiet" }, t("applications.none")));
    else this.body.replaceChildren(scrolling(this.table()), this.paging());
  }

  table() {
    const heads = ["name", "appKey", "state", "limits", "created"].map((key) => h("th", { scope: "col" }, t(`applications.${key}`)));
    const rows = this.page.items.map((each) => this.row(each));
    const caption = h("caption", { class: "unseen" }, t("applications.title"));
    return h("table", { class: "applications" }, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows));
  }

  /** @param {Application} application */
  row(application) {
    const { appKey, name, createdAt, quota } = application;
    const open = h("button", { type: "button", class: "button plain name", "data-app-key": appKey, onclick: () => this.open(appKey) }, name);
    return h("tr", {},
      h("th", { scope: "row" }, open),
      h("td", { class: "mono" }, appKey),
      h("td", {}, stateBadge(stateOf(application))),
      h("td", {}, limitsOf(quota)),
      h("td", { class: "quiet" }, stamp(createdAt)));
  }

  paging() {
    const back = () => this.turnPage(this.cursors.slice(0, -1), "page-back");
    const on = () => this.turnPage([...this.cursors, this.page.next], "page-on");
    const buttons = [
      h("button", { type: "button", class: "button little", id: "page-back", disabled: this.cursors.length === 1, onclick: back }, t("page.back")),
      h("button", { type: "button", class: "button little", id: "page-on", disabled: this.page.next === null, onclick: on }, t("page.on")),
    ];
    const isOne = this.cursors.length === 1 && this.page.next === null;
    return h("nav", { class: "paging", "aria-label": t("applications.pages"), hidden: isOne }, ...buttons);
  }

  /**
   * @param {(string | null)[]} cursors
   * @param {string} from the button that was pressed
   */
  async turnPage(cursors, from) {
    this.cursors = cursors;
    await this.load();
    const button = byId(from);
    giveBackFocus(button.disabled ? byId(from === "page-on" ? "page-back" : "page-on") : button);
  }

  async create() {
    await openNewApplication(this.api);
    this.others.changed();
    await this.load();
  }

  /** @param {string} appKey */
  async open(appKey) {
    const path = pathOf(appKey);
    const wanted = await openApplication(this.api, path);
    this.others.changed();
    await this.load();
    if (wanted === "usage") this.others.usage(appKey);
    else if (wanted === "audit") this.others.audit(appKey);
    else giveBackFocus(this.body.querySelector(`[data-app-key="${CSS.escape(appKey)}"]`));
  }
}
