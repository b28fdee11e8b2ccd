/** Decision policies: those in force, and which is the default. */

import { field } from "./dialog.js";
import { giveBackFocus, h } from "./dom.js";
import { announce } from "./frame.js";
import { icon } from "./icons.js";
import { openNewPolicy, openPolicy } from "./policy-dialog.js";
import { policySelect } from "./policy-select.js";
import { headsOf, scoreOf } from "./policy-words.js";
import { scrolling } from "./scrolling.js";
import { stamp } from "./stamp.js";
import { t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./admin-api.js").Policy} Policy */

/** The panel. `element` is on the page; `load` asks the server. */
export class PoliciesPanel {
  /**
   * @param {AdminApi} api
   * @param {{ audit: (target: string) => void, changed: () => void }} others
   */
  constructor(api, others) {
    this.api = api;
    this.others = others;
    this.retired = false;
    this.turn = 0;
    /** @type {{ items: Policy[], default: string | null } | null} */
    this.found = null;
    /** @type {unknown} */
    this.trouble = null;
    this.body = h("div", {});
    this.element = h("section", { class: "card", "aria-labelledby": "policies-title" });
  }

  async load() {
    const turn = (this.turn += 1);
    try {
      const found = await this.api.get("/policies", { retired: this.retired ? "true" : null });
      if (turn !== this.turn) return;
      this.found = found;
      this.trouble = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.trouble = error;
    }
    this.renderBody();
  }

  /** Say everything in the language of now. */
  render() {
    const create = h("button", { type: "button", class: "button", id: "create-policy", onclick: () => this.create() });
    create.append(icon("plus"), t("policies.create"));
    const header = h("header", {}, h("h2", { id: "policies-title" }, t("policies.title")), this.api.mayChange && create);
    this.element.replaceChildren(header, this.body);
    this.renderBody();
  }

  renderBody() {
    if (this.trouble !== null) this.body.replaceChildren(h("div", { class: "body" }, troubleNote(this.trouble)));
    else if (this.found === null) this.body.replaceChildren();
    else this.body.replaceChildren(this.controls(), this.list());
  }

  controls() {
    const inForce = this.found.items.filter(({ retiredAt }) => retiredAt === null);
    const chosen = policySelect("default-policy", inForce, this.found.default, t("policies.none"));
    chosen.select.addEventListener("change", () => this.setDefault(chosen.read()));
    const retired = h("input", { type: "checkbox", id: "retired-policies", checked: this.retired });
    retired.addEventListener("change", () => {
      this.retired = retired.checked;
      this.load();
    });
    const label = h("label", { class: "row", for: "retired-policies" }, retired, t("policies.retired"));
    const reading = h("p", {}, `${t("policies.default")}: ${this.found.default ?? t("policies.none")}`);
    return h("div", { class: "body controls" }, this.api.mayChange ? field(t("policies.default"), chosen.select) : reading, label);
  }

  list() {
    if (this.found.items.length === 0) return h("p", { class: "body quiet" }, t("policies.empty"));
    const heads = headsOf(["name", "version", "rejectBelow", "acceptFrom", "created"]);
    const rows = this.found.items.map((each) => this.row(each));
    const caption = h("caption", { class: "unseen" }, t("policies.title"));
    return scrolling(h("table", { class: "policies" }, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)));
  }

  /** @param {Policy} policy */
  row(policy) {
    const { name, version, createdAt, retiredAt } = policy;
    const open = h("button", { type: "button", class: "button plain name", "data-policy": name, onclick: () => this.open(name) }, name);
    const badge = retiredAt !== null && h("span", { class: "badge" }, icon("none"), t("policies.isRetired"));
    return h("tr", {},
      h("th", { scope: "row" }, open, badge),
      h("td", { class: "number" }, String(version)),
      h("td", { class: "number" }, scoreOf(policy.rejectBelow)),
      h("td", { class: "number" }, scoreOf(policy.acceptFrom)),
      h("td", { class: "quiet" }, stamp(createdAt)));
  }

  /** @param {string | null} name */
  async setDefault(name) {
    try {
      await this.api.send("PUT", "/default-policy", { policy: name });
    } catch (error) {
      this.trouble = error;
      this.renderBody();
      return;
    }
    await this.load();
    this.others.changed();
    announce(t("dialog.saved"));
    giveBackFocus(this.body.querySelector("select"));
  }

  async create() {
    await openNewPolicy(this.api);
    await this.after();
  }

  /** @param {string} name */
  async open(name) {
    const wanted = await openPolicy(this.api, name);
    await this.after();
    if (wanted === "audit") this.others.audit(`policy:${name}`);
    else giveBackFocus(this.body.querySelector(`[data-policy="${CSS.escape(name)}"]`));
  }

  async after() {
    this.others.changed();
    await this.load();
  }
}
