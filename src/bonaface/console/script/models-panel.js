/** Which models run, by their files' hashes; the presets' thresholds, where they come from, and how they are loaded again. */

import { giveBackFocus, h } from "./dom.js";
import { announce } from "./frame.js";
import { number, t } from "./text.js";
import { troubleNote } from "./trouble.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {{ name: string, title: string, licence: string, origin: string, files: { name: string, sha256: string, bytes: number }[] }} Model */

const THRESHOLD = { minimumFractionDigits: 3, maximumFractionDigits: 3 };

/** The panel. `element` is on the page; `load` asks the server. */
export class ModelsPanel {
  /**
   * @param {AdminApi} api
   * @param {{ changed: () => Promise<unknown> }} others
   */
  constructor(api, others) {
    this.api = api;
    this.others = others;
    /** @type {any} */
    this.models = null;
    /** @type {any} */
    this.presets = null;
    /** @type {unknown} why the presets were not loaded again */
    this.refusal = null;
    /** @type {unknown} */
    this.trouble = null;
    this.element = h("section", { class: "card", "aria-labelledby": "models-title" });
  }

  async load() {
    try {
      [this.models, this.presets] = await Promise.all(["/models", "/presets"].map((path) => this.api.get(path)));
      this.trouble = null;
    } catch (error) {
      this.trouble = error;
    }
    this.render();
  }

  /** Say everything in the language of now. */
  render() {
    const header = h("header", {}, h("h2", { id: "models-title" }, t("models.title")));
    this.element.replaceChildren(header, h("div", { class: "body stack" }, ...this.parts()));
  }

  parts() {
    if (this.trouble !== null) return [troubleNote(this.trouble)];
    if (this.models === null) return [];
    const { version, runtime, detector, pad } = this.models;
    const running = h("p", { class: "quiet" }, t("models.running", { version, runtime }));
    return [running, model(t("models.detector"), detector), model(t("models.pad"), pad), this.thresholds()];
  }

  thresholds() {
    const { source, sha256, version, defaultPreset, thresholds } = this.presets;
    const from = sha256 === null ? t("models.presetsModel", { version }) : t("models.presetsFile", { file: source, sha256, version });
    const again = h("button", { type: "button", class: "button", id: "reload-presets", onclick: () => this.reload() }, t("models.reload"));
    const figures = [
      h("h3", {}, t("models.thresholds")),
      h("p", { class: "quiet small" }, t("models.below")),
      presets(thresholds, defaultPreset),
      h("p", { class: "quiet small hash", id: "presets-source" }, from),
    ];
    const mayReload = sha256 !== null && this.api.mayChange;
    return h("section", { class: "stack" },
      h("div", {}, ...figures),
      this.refusal !== null && troubleNote(this.refusal),
      mayReload && h("div", {}, again));
  }

  async reload() {
    try {
      this.presets = await this.api.send("POST", "/presets/reload");
      this.refusal = null;
      announce(t("models.reloaded"));
    } catch (error) {
      this.refusal = error;
    }
    this.render();
    giveBackFocus(document.getElementById("reload-presets"));
    await this.others.changed();
  }
}

/**
 * @param {string} task
 * @param {Model} found
 */
function model(task, { title, licence, files }) {
  const items = files.map((file) =>
    h("li", {}, h("span", {}, file.name), h("span", { class: "mono quiet hash" }, `sha256 ${file.sha256}`)),
  );
  return h("section", {}, h("h3", {}, task), h("p", {}, `${title} · ${licence}`), h("ul", { class: "files small" }, ...items));
}

/**
 * @param {Record<string, number>} thresholds
 * @param {string} chosen
 */
function presets(thresholds, chosen) {
  const items = Object.entries(thresholds).map(([name, value]) => {
    const said = name === chosen ? t("models.default", { preset: t(`preset.${name}`) }) : t(`preset.${name}`);
    return h("div", {}, h("dt", {}, said), h("dd", { class: "number" }, number(value, THRESHOLD)));
  });
  return h("dl", { class: "pairs" }, ...items);
}
