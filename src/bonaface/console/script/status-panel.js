/** How the server is now: health, queue, workers, presets in force, top callers. Asks again by itself. */

import { h } from "./dom.js";
import { scrolling } from "./scrolling.js";
import { moment, number, t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {{ ready: boolean, models: string, engine: string, database: string, stopping: boolean, workers: number, running: number, stuck: number, queue: number, waiting: number, ledgerBacklog: number }} Status */

const PAUSE_MILLISECONDS = 10_000;
const THRESHOLD = { minimumFractionDigits: 3, maximumFractionDigits: 3 };

/** The panel. `element` is on the page; `load` asks the server, and again while the page is seen. */
export class StatusPanel {
  /** @param {AdminApi} api */
  constructor(api) {
    this.api = api;
    /** @type {{ status: Status, models: any, callers: any[], at: Date } | null} */
    this.shown = null;
    /** @type {unknown} */
    this.trouble = null;
    this.timer = 0;
    this.body = h("div", {});
    this.element = h("section", { class: "card", id: "status-panel", "aria-labelledby": "status-title" });
  }

  /** Say everything in the language of now. */
  render() {
    const header = h("header", {}, h("h2", { id: "status-title" }, t("status.title")));
    this.element.replaceChildren(header, this.body);
    this.renderBody();
  }

  async load() {
    clearTimeout(this.timer);
    try {
      const asked = ["/status", "/models", "/usage/callers"].map((path) => this.api.get(path));
      const [status, models, { items }] = await Promise.all(asked);
      this.shown = { status, models, callers: items, at: new Date() };
      this.trouble = null;
    } catch (error) {
      this.trouble = error;
    }
    this.renderBody();
    this.timer = setTimeout(() => this.again(), PAUSE_MILLISECONDS);
  }

  /** Not on a page that nobody sees, and never again once the panel has left it. */
  again() {
    if (!this.element.isConnected) return;
    if (document.hidden) document.addEventListener("visibilitychange", () => this.again(), { once: true });
    else this.load();
  }

  renderBody() {
    if (this.trouble !== null) this.body.replaceChildren(h("div", { class: "body" }, troubleNote(this.trouble)));
    else if (this.shown === null) this.body.replaceChildren(h("p", { class: "body quiet" }, t("usage.loading")));
    else this.body.replaceChildren(this.facts(), this.callers(), this.asOf());
  }

  facts() {
    const { status, models } = this.shown;
    const presets = Object.entries(models.thresholds).map(([name, value]) => {
      const preset = t(`preset.${name}`);
      return `${name === models.defaultPreset ? t("models.default", { preset }) : preset} ${number(value, THRESHOLD)}`;
    });
    const facts = [
      [t("status.health"), healthOf(status)],
      [t("status.workers"), t("status.busy", { n: number(status.running), of: number(status.workers) })],
      [t("status.queue"), t("status.waiting", { n: number(status.waiting), of: number(status.queue) })],
      [t("status.presets"), presets.join(" · ")],
    ];
    const pairs = facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
    return h("dl", { class: "pairs body" }, ...pairs);
  }

  callers() {
    const { callers } = this.shown;
    if (callers.length === 0) return h("p", { class: "body quiet" }, t("status.noCallers"));
    const heads = ["caller", "requests", "bonaFide", "attacks"];
    const titles = heads.map((key) => h("th", { scope: "col", class: key === "caller" ? "" : "number" }, t(`status.${key}`)));
    const rows = callers.map(({ appKey, name, requests, bonaFide, attacks }) => {
      const said = appKey === null ? t("usage.wrongKeys") : name;
      const figures = [requests, bonaFide, attacks].map((value) => h("td", { class: "number" }, number(value)));
      return h("tr", {}, h("th", { scope: "row" }, said), ...figures);
    });
    const caption = h("caption", { class: "quiet small" }, t("status.callers"));
    return scrolling(h("table", { class: "callers" }, caption, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)));
  }

  asOf() {
    return h("p", { class: "quiet small as-of" }, t("status.asOf", { at: moment(this.shown.at) }));
  }
}

/**
 * What is wrong, all of it; or that nothing is.
 * @param {Status} status
 */
function healthOf({ ready, models, engine, database, stopping, stuck, ledgerBacklog }) {
  const faults = [
    stopping && t("status.stopping"),
    models !== "warm" && t(`status.models.${models}`),
    engine === "stuck" && t("status.engineStuck"),
    database !== "reachable" && t("status.databaseAway"),
    stuck > 0 && t("status.stuck", { n: number(stuck) }),
    ledgerBacklog > 0 && t("status.backlog", { n: number(ledgerBacklog) }),
  ].filter(Boolean);
  const word = h("span", { class: `badge ${ready ? "good" : "bad"}` }, t(ready ? "status.ready" : "status.notReady"));
  return h("span", {}, word, faults.length > 0 && ` ${faults.join(" · ")}`);
}
