/** Error rates as they were reported by feedback, of each application, policy and version. */

import { h } from "./dom.js";
import { scrolling } from "./scrolling.js";
import { number, t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {{ rate: number | null, low: number | null, high: number | null }} Rate */
/** @typedef {{ accept: number, review: number, reject: number, undecidable: number }} Decisions */
/** @typedef {Decisions & { attackKind: string, apcer: Rate }} Attacks */
/** @typedef {{ appKey: string, policy: string, version: string, bonaFide: Decisions & { bpcer: Rate }, attacks: Attacks[] }} Reported */

const PERCENT = { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 };
const NUMBERS = Object.freeze(["rate", "interval", "errors", "review", "undecidable"]);

/** The panel. `element` is on the page; `load` asks the server. */
export class FeedbackPanel {
  /** @param {AdminApi} api */
  constructor(api) {
    this.api = api;
    /** @type {Reported[] | null} */
    this.items = null;
    /** @type {unknown} */
    this.trouble = null;
    this.element = h("section", { class: "card", "aria-labelledby": "feedback-title" });
  }

  async load() {
    try {
      const { items } = await this.api.get("/feedback", {});
      this.items = items;
      this.trouble = null;
    } catch (error) {
      this.trouble = error;
    }
    this.render();
  }

  /** Say everything in the language of now. */
  render() {
    const header = h("header", {}, h("h2", { id: "feedback-title" }, t("feedback.title")));
    this.element.replaceChildren(header, ...this.parts());
  }

  parts() {
    if (this.trouble !== null) return [h("div", { class: "body" }, troubleNote(this.trouble))];
    if (this.items === null) return [];
    if (this.items.length === 0) return [h("p", { class: "body quiet" }, t("feedback.none"))];
    return [h("p", { class: "body quiet small" }, t("feedback.about")), scrolling(this.table(this.items))];
  }

  /** @param {Reported[]} items */
  table(items) {
    const names = ["application", "policy", "version", "presentations", "error", ...NUMBERS];
    const heads = names.map((name) => h("th", { scope: "col", class: NUMBERS.includes(name) ? "number" : "" }, t(`feedback.${name}`)));
    const caption = h("caption", { class: "unseen" }, t("feedback.title"));
    return h("table", { class: "feedback" }, caption, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...items.flatMap(rowsOf)));
  }
}

/**
 * One for bona fide presentations, if there are any, and one for each kind of attack.
 * @param {Reported} item
 */
function rowsOf(item) {
  const { bonaFide, attacks } = item;
  const rows = attacks.map((each) => row(item, each.attackKind, "APCER", each.apcer, each.accept, each));
  const isTold = totalOf(bonaFide) + bonaFide.undecidable > 0;
  return isTold ? [row(item, t("feedback.bonaFide"), "BPCER", bonaFide.bpcer, bonaFide.reject, bonaFide), ...rows] : rows;
}

/**
 * @param {Reported} item
 * @param {string} presentations
 * @param {string} error
 * @param {Rate} found
 * @param {number} errors
 * @param {Decisions} decisions
 */
function row({ appKey, policy, version }, presentations, error, { rate, low, high }, errors, decisions) {
  const interval = rate === null ? "" : t("feedback.span", { low: number(low, PERCENT), high: number(high, PERCENT) });
  const counted = t("feedback.of", { n: number(errors), of: number(totalOf(decisions)) });
  const figures = [rate === null ? "" : number(rate, PERCENT), interval, counted, number(decisions.review), number(decisions.undecidable)];
  return h("tr", {},
    h("td", { class: "mono" }, appKey),
    h("td", {}, policy),
    h("td", { class: "mono quiet" }, version),
    h("td", {}, presentations),
    h("td", {}, error),
    ...figures.map((figure) => h("td", { class: "number" }, figure)));
}

/**
 * How many were decided.
 * @param {Decisions} decisions
 */
function totalOf({ accept, review, reject }) {
  return accept + review + reject;
}
