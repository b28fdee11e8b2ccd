/** The component's elements. Text goes in as text: nothing here parses HTML. */

import { MIDDLE } from "./capture-hints.js";
import { STYLE } from "./capture-style.js";
import { TEXTS } from "./capture-text.js";

/** @typedef {import("./capture-text.js").Key} Key */
/** @typedef {import("./capture-hints.js").Oval} Oval */
/** @typedef {{ start: () => void, take: () => void, stop: () => void, choose: (file: File) => void }} Actions */

const SVG = "http://www.w3.org/2000/svg";

/** What is seen: the camera's picture, an oval over it, a hint, and buttons. */
export class CaptureView {
  /**
   * @param {ShadowRoot} root
   * @param {Actions} actions
   */
  constructor(root, actions) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.video = element("video", { playsinline: "", muted: "", part: "video" });
    this.video.muted = true;
    this.ellipse = document.createElementNS(SVG, "ellipse");
    this.stage = element("div", { class: "stage", part: "stage", hidden: "" });
    this.stage.append(this.video, overlay(this.ellipse));
    this.hint = element("p", { class: "hint", part: "hint", role: "status", "aria-live": "polite" });
    this.file = element("input", { type: "file", accept: "image/png,image/jpeg", hidden: "" });
    this.start = button("start", actions.start, "first");
    this.take = button("take", actions.take, "first");
    this.stop = button("stop", actions.stop);
    this.choose = button("choose", () => this.file.click());
    this.file.addEventListener("change", () => this.chosen(actions.choose));
    const row = element("div", { class: "row", part: "buttons" });
    row.append(this.start, this.take, this.stop, this.choose, this.file);
    this.group = element("div", { class: "box", role: "group" });
    this.group.append(this.stage, this.hint, row);
    root.append(this.group);
    this.say("en");
    this.show("idle");
  }

  /**
   * Say everything in a language; the hint is said by `tell`.
   * @param {"en" | "ko"} language
   */
  say(language) {
    const words = TEXTS[language];
    this.group.lang = language;
    this.group.setAttribute("aria-label", words.title);
    this.video.setAttribute("aria-label", words.view);
    this.take.textContent = words.take;
    this.stop.textContent = words.stop;
    this.choose.textContent = words.choose;
    this.start.textContent = this.wasUsed ? words.again : words.start;
  }

  /** Whether the first button is to say that it is not the first time. */
  wasUsed = false;
  /** Whether the button that had the focus is gone, and none has come in its place yet. */
  lostFocus = false;

  /**
   * Show what belongs to a state, and keep the focus on a button that is there.
   * @param {"idle" | "live" | "busy"} state
   */
  show(state) {
    const focused = /** @type {ShadowRoot} */ (this.group.getRootNode()).activeElement;
    this.stage.hidden = state === "idle" || !this.video.srcObject;
    this.start.hidden = state !== "idle";
    this.choose.hidden = state === "busy";
    this.take.hidden = state !== "live";
    this.stop.hidden = state !== "live";
    this.group.setAttribute("aria-busy", String(state === "busy"));
    if (focused instanceof HTMLElement && focused.hidden) this.lostFocus = true;
    if (state !== "busy" && this.lostFocus) this.restoreFocus(state === "live" ? this.take : this.start);
  }

  /** @param {HTMLButtonElement} button gets the focus, unless the person took it elsewhere meanwhile */
  restoreFocus(button) {
    this.lostFocus = false;
    const { activeElement, body } = document;
    if (activeElement === body || this.group.contains(activeElement) || activeElement?.shadowRoot?.contains(this.group)) {
      button.focus();
    }
  }

  /**
   * Tell the person something; the same words again are not read again.
   * @param {string} words
   */
  tell(words) {
    if (this.hint.textContent !== words) this.hint.textContent = words;
  }

  /**
   * Move the oval.
   * @param {Oval} oval
   * @param {boolean} isReady
   */
  draw(oval = MIDDLE, isReady = false) {
    const { cx, cy, rx, ry } = oval;
    for (const [name, value] of Object.entries({ cx, cy, rx, ry })) {
      this.ellipse.style.setProperty(name, `${(value * 100).toFixed(2)}px`);
    }
    this.stage.classList.toggle("ready", isReady);
  }

  /** @param {(file: File) => void} choose */
  chosen(choose) {
    const file = this.file.files?.[0];
    this.file.value = "";
    if (file !== undefined) choose(file);
  }
}

/**
 * The drawing over the picture, whose sides are 100 long.
 * @param {SVGEllipseElement} ellipse
 */
function overlay(ellipse) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["viewBox", "0 0 100 100"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) {
    svg.setAttribute(name, value);
  }
  svg.append(ellipse);
  return svg;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} attributes
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, attributes) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * @param {string} part
 * @param {() => void} press
 * @param {string} [look]
 */
function button(part, press, look = "") {
  const made = element("button", { type: "button", part, class: look });
  made.addEventListener("click", press);
  return made;
}
