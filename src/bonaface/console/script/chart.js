/**
 * Charts over time: stacked bars and lines in SVG, a tip for pointer and keyboard, and the same as a table.
 * Whatever a chart shows by colour, its legend, tip and table say in words.
 */

import { h, range, s } from "./dom.js";
import { ticksFor } from "./scale.js";
import { t } from "./text.js";

/** @typedef {{ title: string, tone: number, values: (number | null)[] }} Series `tone` is one of the series colours */
/**
 * @typedef {object} Data
 * @property {string} title
 * @property {"bars" | "lines"} kind
 * @property {string[]} names of the periods, short
 * @property {string[]} longNames
 * @property {(least: number) => number[]} labelled which periods are named under the axis: every `least`-th at most
 * @property {Series[]} series
 * @property {(value: number) => string} format
 * @property {(value: number) => string} tick how a value stands beside the axis, with its unit
 */

const HEIGHT = 190;
const MARGIN = Object.freeze({ top: 10, right: 6, bottom: 24 });
const TICK_GAP = 8;
const TICKS = 4;
const LABEL_GAP = 14;
const WIDEST_BAR = 26;
const BAR_SHARE = 0.72;
const DOTS_UP_TO = 62;

/** A chart in a figure of its own. */
export class Chart {
  /** @param {Data} data */
  constructor(data) {
    this.data = data;
    /** @type {number | null} */
    this.at = null;
    this.svg = s("svg", { "aria-hidden": "true", height: HEIGHT });
    this.tip = h("div", { class: "tip", "aria-live": "polite", hidden: true });
    this.plot = h("div", { class: "plot", tabindex: 0, role: "group" }, this.svg, this.tip);
    this.plot.setAttribute("aria-label", t("chart.label", { title: data.title, n: data.names.length }));
    this.element = h("figure", { class: "card chart" }, this.caption(), this.plot, this.table());
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  caption() {
    const keys = this.data.series.map(({ title, tone }) => h("li", { class: `tone-${tone}` }, swatch(), title));
    const legend = this.data.series.length > 1 && h("ul", { class: "legend" }, ...keys);
    return h("figcaption", {}, h("h3", {}, this.data.title), legend);
  }

  table() {
    const { series, longNames, title } = this.data;
    const heads = series.map((each) => h("th", { scope: "col", class: "number" }, each.title));
    const head = h("tr", {}, h("th", { scope: "col" }, t("chart.period")), ...heads);
    const details = h("details", {}, h("summary", {}, t("chart.asTable")));
    const fill = () => {
      const rows = longNames.map((name, index) => this.row(name, index));
      const table = h("table", {}, h("caption", { class: "unseen" }, title), h("thead", {}, head), h("tbody", {}, ...rows));
      details.append(h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": title }, table));
    };
    details.addEventListener("toggle", fill, { once: true });
    return details;
  }

  /**
   * @param {string} name
   * @param {number} index
   */
  row(name, index) {
    const cells = this.data.series.map(({ values }) => h("td", { class: "number" }, this.said(values[index])));
    return h("tr", {}, h("th", { scope: "row" }, name), ...cells);
  }

  /** @param {number | null} value */
  said(value) {
    return value === null ? "–" : this.data.format(value);
  }

  listen() {
    this.plot.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.show(this.indexAt(event)));
    this.plot.addEventListener("pointerleave", () => this.show(null));
    this.plot.addEventListener("blur", () => this.show(null));
    this.plot.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.step(event));
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const last = this.data.names.length - 1;
    const at = this.at ?? last;
    const first = this.at === null;
    const to = {
      ArrowLeft: first ? last : Math.max(0, at - 1),
      ArrowRight: first ? 0 : Math.min(last, at + 1),
      Home: 0,
      End: last,
      Escape: null,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.show(to);
  }

  /** @param {PointerEvent} event */
  indexAt(event) {
    const { left, width } = this.plot.getBoundingClientRect();
    const share = (event.clientX - left - this.area.left) / (width - this.area.left - MARGIN.right);
    const last = this.data.names.length - 1;
    return Math.max(0, Math.min(last, Math.floor(share * (last + 1))));
  }

  /**
   * Show the tip of a period.
   * @param {number | null} index
   */
  show(index) {
    if (index === this.at) return;
    this.at = index;
    this.tip.hidden = index === null;
    if (index !== null) {
      const lines = this.data.series.map(({ title, tone, values }) =>
        h("li", { class: `tone-${tone}` }, swatch(), `${title} `, h("b", {}, this.said(values[index]))),
      );
      this.tip.replaceChildren(h("strong", {}, this.data.longNames[index]), h("ul", {}, ...lines));
      this.placeTip(index);
    }
    this.drawCursor();
  }

  /** @param {number} index */
  placeTip(index) {
    const space = this.plot.clientWidth - this.tip.offsetWidth;
    const wanted = this.area.x(index) - this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.max(0, Math.min(space, wanted))}px`;
  }

  draw() {
    const width = this.plot.clientWidth;
    if (width === 0) return;
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const ticks = ticksFor(this.largest(), TICKS);
    const left = this.widest(ticks.map(this.data.tick)) + TICK_GAP;
    this.area = areaOf(left, width, this.data.names.length, ticks[ticks.length - 1]);
    this.cursor = s("line", { class: "cursor", y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom });
    const marks = this.data.kind === "bars" ? this.bars() : this.lines();
    this.svg.replaceChildren(...this.grid(ticks, width), ...this.labels(width), this.cursor, ...marks);
    this.drawCursor();
  }

  drawCursor() {
    this.cursor.setAttribute("visibility", this.at === null ? "hidden" : "visible");
    if (this.at === null) return;
    this.cursor.setAttribute("x1", this.area.x(this.at));
    this.cursor.setAttribute("x2", this.area.x(this.at));
  }

  largest() {
    const { kind, series, names } = this.data;
    const tops = range(names.length).map((index) => {
      const values = series.map(({ values }) => values[index] ?? 0);
      return kind === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
    });
    return Math.max(0, ...tops);
  }

  /**
   * @param {number[]} ticks
   * @param {number} width
   */
  grid(ticks, width) {
    return ticks.flatMap((tick) => {
      const y = this.area.y(tick);
      const line = s("line", { class: tick === 0 ? "base" : "grid", x1: this.area.left, x2: width - MARGIN.right, y1: y, y2: y });
      const text = s("text", { x: this.area.left - TICK_GAP, y, "text-anchor": "end", "dominant-baseline": "middle" }, this.data.tick(tick));
      return [line, text];
    });
  }

  /** @param {number} width */
  labels(width) {
    const { names, labelled } = this.data;
    const { band } = this.area;
    const widest = this.widest(names);
    const inset = Math.max(0, (widest - band) / 2 - MARGIN.right); // so far the last one is moved to end with the plot
    return labelled(Math.ceil((widest + inset + LABEL_GAP) / band)).map((index) => {
      const x = Math.max(widest / 2, Math.min(this.area.x(index), width - widest / 2));
      return s("text", { class: "name", x, y: HEIGHT - 6, "text-anchor": "middle" }, names[index]);
    });
  }

  /**
   * How long the longest of these is when it is drawn, in pixels.
   * @param {string[]} texts
   */
  widest(texts) {
    const context = h("canvas").getContext("2d");
    const { fontSize, fontFamily } = getComputedStyle(this.svg);
    context.font = `${fontSize} ${fontFamily}`;
    return Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width)));
  }

  bars() {
    const { series, names } = this.data;
    const wide = Math.max(1, Math.min(WIDEST_BAR, this.area.band * BAR_SHARE));
    return range(names.length).flatMap((index) => {
      let below = 0;
      return series.map(({ values, tone }) => {
        const value = values[index] ?? 0;
        const [top, bottom] = [this.area.y(below + value), this.area.y(below)];
        below += value;
        const at = { x: this.area.x(index) - wide / 2, y: top, width: wide, height: bottom - top };
        return value > 0 && s("rect", { class: `fill tone-${tone}`, ...at });
      });
    }).filter(Boolean);
  }

  lines() {
    return this.data.series.flatMap(({ values, tone }) => {
      const path = s("path", { class: `line tone-${tone}`, d: this.pathOf(values) });
      const lone = values.length <= DOTS_UP_TO ? () => true : (/** @type {number} */ index) => isLone(values, index);
      const dots = range(values.length).filter((index) => values[index] !== null && lone(index));
      return [path, ...dots.map((index) => this.dot(index, values[index], tone))];
    });
  }

  /**
   * A line that breaks where there is no value.
   * @param {(number | null)[]} values
   */
  pathOf(values) {
    const parts = values.map((value, index) => {
      if (value === null) return "";
      const isFirst = index === 0 || values[index - 1] === null;
      return `${isFirst ? "M" : "L"}${this.area.x(index).toFixed(1)} ${this.area.y(value).toFixed(1)}`;
    });
    return parts.join("");
  }

  /**
   * @param {number} index
   * @param {number} value
   * @param {number} tone
   */
  dot(index, value, tone) {
    return s("circle", { class: `fill tone-${tone}`, cx: this.area.x(index), cy: this.area.y(value), r: 2.2 });
  }
}

/**
 * Where a period and a value are in the drawing.
 * @param {number} left what the ticks take
 * @param {number} width
 * @param {number} count
 * @param {number} top the largest value on the axis
 */
function areaOf(left, width, count, top) {
  const band = (width - left - MARGIN.right) / count;
  const high = HEIGHT - MARGIN.top - MARGIN.bottom;
  return {
    left,
    band,
    x: (/** @type {number} */ index) => left + band * (index + 0.5),
    y: (/** @type {number} */ value) => HEIGHT - MARGIN.bottom - (value / top) * high,
  };
}

/**
 * @param {(number | null)[]} values
 * @param {number} index
 */
function isLone(values, index) {
  return (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
}

function swatch() {
  return h("span", { class: "swatch", "aria-hidden": "true" });
}
