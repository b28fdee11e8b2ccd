/** Requests, verdicts, errors and latency over time, of one application or of all callers. */

import { Chart } from "./chart.js";
import { field } from "./dialog.js";
import { byId, h } from "./dom.js";
import { figuresOf, totalsOf } from "./figures.js";
import { LENGTHS, labelledPeriods, lastPeriods, longName, periodsOf, shortName, spanOfDates } from "./periods.js";
import { count, milliseconds, number, t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./periods.js").Period} Period */

const CUSTOM = "custom";
const SUGGESTIONS = 20;
const PERCENT = { style: "percent", maximumFractionDigits: 1 };

/** The panel. `element` is on the page; `load` asks the server. */
export class UsagePanel {
  /** @param {AdminApi} api */
  constructor(api) {
    this.api = api;
    /** @type {Period} */
    this.by = "day";
    /** @type {string} a number of periods, or CUSTOM */
    this.length = String(LENGTHS.day[0]);
    this.appKey = "";
    this.first = "";
    this.last = "";
    /** @type {{ periods: Date[], figures: import("./figures.js").Figures } | null} */
    this.shown = null;
    /** @type {unknown} */
    this.trouble = null;
    this.turn = 0;
    this.controls = h("div", { class: "controls" });
    this.body = h("div", {});
    this.element = h("section", { class: "stack", "aria-labelledby": "usage-title" });
  }

  /** Say everything in the language of now. */
  render() {
    this.element.replaceChildren(h("h2", { class: "unseen", id: "usage-title" }, t("usage.title")), this.controls, this.body);
    this.renderControls();
    this.renderBody();
  }

  async load() {
    const span = this.span();
    if (span === null) return;
    const turn = (this.turn += 1);
    const asked = { by: this.by, from: span.from.toISOString(), to: span.to.toISOString(), appKey: this.appKey };
    try {
      const { rows } = await this.api.get("/usage", asked);
      if (turn !== this.turn) return;
      const periods = periodsOf(this.by, span);
      this.shown = { periods, figures: figuresOf(periods, rows) };
      this.trouble = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.trouble = error;
    }
    this.renderBody();
  }

  /**
   * Show one application.
   * @param {string} appKey
   */
  showApplication(appKey) {
    this.appKey = appKey;
    this.renderControls();
    this.load();
    byId("usage-application").focus();
  }

  span() {
    if (this.length === CUSTOM) return spanOfDates(this.first, this.last);
    return lastPeriods(this.by, Number(this.length), new Date());
  }

  renderControls() {
    const dates = this.length === CUSTOM ? [this.date("first", "usage.from"), this.date("last", "usage.to")] : [];
    this.controls.replaceChildren(this.periods(), this.lengths(), ...dates, this.application());
  }

  periods() {
    const labels = Object.keys(LENGTHS).map((by) => {
      const input = h("input", { type: "radio", name: "by", value: by, checked: by === this.by, onchange: () => this.setPeriod(by) });
      return h("label", {}, input, h("span", {}, t(`usage.by.${by}`)));
    });
    return h("div", { class: "choices", role: "radiogroup", "aria-label": t("usage.by") }, ...labels);
  }

  /** @param {string} by */
  setPeriod(by) {
    this.by = /** @type {Period} */ (by);
    if (this.length !== CUSTOM) this.length = String(LENGTHS[by][0]);
    this.renderControls();
    document.querySelector(`input[name=by][value=${by}]`).focus();
    this.load();
  }

  lengths() {
    const select = h("select", { id: "usage-length", onchange: () => this.setLength(select.value) });
    const lengths = [...LENGTHS[this.by]].sort((one, other) => one - other);
    const options = [...lengths.map((length) => [String(length), count(`usage.last.${this.by}`, length)]), [CUSTOM, t("usage.custom")]];
    select.append(...options.map(([value, title]) => h("option", { value, selected: value === this.length }, title)));
    return field(t("usage.range"), select);
  }

  /** @param {string} length */
  setLength(length) {
    const span = this.span();
    if (length === CUSTOM && this.first === "" && span !== null) {
      this.first = span.from.toISOString().slice(0, 10);
      this.last = new Date().toISOString().slice(0, 10);
    }
    this.length = length;
    this.renderControls();
    byId("usage-length").focus();
    this.load();
  }

  /**
   * @param {"first" | "last"} name
   * @param {string} label
   */
  date(name, label) {
    const input = h("input", { id: `usage-${name}`, type: "date", required: true, value: this[name] });
    input.addEventListener("change", () => {
      this[name] = input.value;
      const isWrong = this.span() === null;
      input.setAttribute("aria-invalid", String(isWrong));
      this.load();
    });
    return field(t(label), input);
  }

  application() {
    const list = h("datalist", { id: "usage-applications" });
    const input = h("input", { id: "usage-application", type: "search", list: list.id, autocomplete: "off", value: this.appKey });
    input.placeholder = t("usage.all");
    input.addEventListener("input", () => this.suggest(input.value, list));
    input.addEventListener("focus", () => this.suggest(input.value, list), { once: true });
    input.addEventListener("change", () => {
      this.appKey = input.value.trim();
      this.load();
    });
    const wrapped = field(t("usage.application"), input);
    wrapped.append(list);
    return wrapped;
  }

  /**
   * @param {string} search
   * @param {HTMLElement} list
   */
  async suggest(search, list) {
    try {
      const { items } = await this.api.get("/applications", { search, limit: SUGGESTIONS });
      list.replaceChildren(...items.map((each) => h("option", { value: each.appKey }, each.name)));
    } catch (error) {
      this.trouble = error;
      this.renderBody();
    }
  }

  renderBody() {
    if (this.trouble !== null) this.body.replaceChildren(troubleNote(this.trouble));
    else if (this.shown === null) this.body.replaceChildren(h("p", { class: "quiet" }, t("usage.loading")));
    else this.body.replaceChildren(this.tiles(), this.charts(), h("p", { class: "quiet small" }, t("usage.utc")));
  }

  tiles() {
    const totals = totalsOf(this.shown.figures);
    const faces = totals.bonaFide + totals.attacks;
    const share = (/** @type {number} */ part, /** @type {number} */ whole) => (whole ? number(part / whole, PERCENT) : "–");
    const time = (/** @type {number | null} */ value) => (value === null ? "–" : milliseconds(value));
    const tiles = [
      [t("usage.requests"), number(totals.requests), ""],
      [t("usage.bonaFide"), number(totals.bonaFide), t("usage.ofFaces", { share: share(totals.bonaFide, faces) })],
      [t("usage.attacks"), number(totals.attacks), t("usage.ofFaces", { share: share(totals.attacks, faces) })],
      [t("usage.failed"), number(totals.failed), t("usage.ofRequests", { share: share(totals.failed, totals.requests) })],
      [t("usage.mean"), time(totals.mean), t("usage.slowestOf", { time: time(totals.slowest) })],
    ];
    return h("dl", { class: "tiles" }, ...tiles.map(tile));
  }

  charts() {
    const { figures } = this.shown;
    const requests = { title: t("usage.requests"), tone: 1, values: figures.requests };
    const verdicts = [
      { title: t("usage.bonaFide"), tone: 2, values: figures.bonaFide },
      { title: t("usage.attacks"), tone: 3, values: figures.attacks },
    ];
    const errors = [
      { title: t("usage.wrongKeys"), tone: 5, values: figures.wrongKeys },
      { title: t("usage.badRequests"), tone: 1, values: figures.badRequests },
      { title: t("usage.refusals"), tone: 4, values: figures.refusals },
      { title: t("usage.serverErrors"), tone: 3, values: figures.serverErrors },
    ];
    const times = [
      { title: t("usage.slowest"), tone: 4, values: figures.slowest },
      { title: t("usage.mean"), tone: 1, values: figures.mean },
    ];
    const charts = [
      this.chart("usage.requests", "bars", [requests], number, compact),
      this.chart("usage.verdicts", "bars", verdicts, number, compact),
      this.chart("usage.failed", "bars", errors, number, compact),
      this.chart("usage.latency", "lines", times, milliseconds, milliseconds),
    ];
    return h("div", { class: "charts" }, ...charts);
  }

  /**
   * @param {string} title
   * @param {"bars" | "lines"} kind
   * @param {import("./chart.js").Series[]} series
   * @param {(value: number) => string} format
   * @param {(value: number) => string} tick
   */
  chart(title, kind, series, format, tick) {
    const { periods } = this.shown;
    const names = periods.map((at) => shortName(this.by, at));
    const longNames = periods.map((at) => longName(this.by, at));
    const labelled = (/** @type {number} */ least) => labelledPeriods(this.by, periods, least);
    const said = (/** @type {number} */ value) => format(value);
    return new Chart({ title: t(title), kind, names, longNames, labelled, series, format: said, tick }).element;
  }
}

/** @param {string[]} tile */
function tile([name, value, under]) {
  return h("div", { class: "card" }, h("dt", {}, name), h("dd", {}, value), h("dd", { class: "quiet small" }, under));
}

/** @param {number} value */
function compact(value) {
  return number(value, { notation: "compact", maximumFractionDigits: 1 });
}
