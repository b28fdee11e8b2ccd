/** The page that tries an image: one image, one preset, one answer. */

import { SERVER } from "./server.js";
import { MASK, TITLES, WRITERS } from "./calls.js";
import { Camera } from "./camera.js";
import { copies } from "./copy.js";
import { note } from "./dialog.js";
import { byId, h, s } from "./dom.js";
import { announce, openFrame } from "./frame.js";
import { icon } from "./icons.js";
import { openIntake } from "./intake.js";
import { askForKeys, openKeys } from "./keys.js";
import { analyze, preview } from "./liveness-api.js";
import { drawFaces } from "./overlay.js";
import { pictureOf, refusalOf } from "./picture.js";
import { responseOf, sentenceFor } from "./response.js";
import { resultOf, sentenceOf } from "./result.js";
import { readKeys } from "./session.js";
import { changeSince } from "./stale.js";
import { openTabs } from "./tabs.js";
import { number, t, whenSaid } from "./text.js";
import { Unreachable } from "./unreachable.js";

/** @typedef {import("./liveness-api.js").Source} Source */
/** @typedef {import("./liveness-api.js").Answer} Answer */
/** @typedef {import("./stale.js").Inputs} Inputs */

/** Shown in the calls until there is an image and there are keys. */
const SAMPLE = Object.freeze({ name: "selfie.jpg", blob: null, url: null, isPhoto: false });
const NO_KEYS = Object.freeze({ baseUrl: SERVER, appKey: "APPKEY", secretKey: "SECRETKEY" });

class TryPage {
  constructor() {
    /** @type {Source | null} */
    this.source = null;
    /** @type {HTMLImageElement | null} */
    this.picture = null;
    /** @type {Answer | null} */
    this.answer = null;
    /** @type {Inputs | null} what `answer` is the answer to */
    this.asked = null;
    /** @type {number | null} */
    this.chosen = null;
    /** @type {(() => Node) | null} what went wrong, said again when the language changes */
    this.trouble = null;
    this.writer = "curl";
    this.isBusy = false;
    /** Whether *Analyze* was pressed while the camera was on. */
    this.isNext = false;
    this.turn = 0;
    /** An image that is on its way: what *Analyze* waits for. */
    this.taking = Promise.resolve();
    this.overlay = s("svg", { class: "overlay", "aria-hidden": "true" });
    /** @type {{ frames: number, verdict: string } | null} what came of the capture that the picture is of */
    this.captured = null;
    this.camera = new Camera(
      (photo, result) => this.takeCapture(photo, result),
      () => this.stopCamera(),
      (sentence) => this.failCamera(sentence),
    );
  }

  open() {
    openIntake((file) => this.takeFile(file, false), (url) => this.takeUrl(url));
    byId("camera").addEventListener("click", () => this.openCamera());
    byId("analyze").addEventListener("click", () => this.analyze());
    for (const id of ["presets", "routes"]) byId(id).addEventListener("change", () => this.showChange());
    byId("url").addEventListener("input", () => this.showChange());
    byId("show-secret").addEventListener("change", () => this.showCalls());
    whenSaid(copies(byId("copy-answer"), () => byId("answer").textContent, () => t("test.response")));
    whenSaid(copies(byId("copy-call"), () => this.call(), () => t("calls.title")));
    new ResizeObserver(() => this.draw()).observe(byId("frame"));
    whenSaid(() => this.say());
    openKeys(() => this.showChange());
  }

  /** Everything on the page that holds words and is not in its HTML. */
  say() {
    byId("choose").replaceChildren(icon("file"), t("source.choose"));
    byId("camera").replaceChildren(icon("camera"), t(this.source?.isPhoto ? "camera.retake" : "camera.open"));
    byId("analyze").textContent = t(this.isBusy ? "test.analyzing" : "test.analyze");
    this.showEmpty();
    this.openCallTabs();
    this.showCaption();
    this.showTrouble();
    this.showAnswer();
  }

  showEmpty() {
    const [title, hint] = this.source === null ? ["stage.empty", "stage.hint"] : ["stage.unseen", "stage.unseenHint"];
    byId("empty").replaceChildren(icon("face"), h("strong", {}, t(title)), h("span", { class: "quiet" }, t(hint)));
  }

  openCallTabs() {
    const panels = Object.entries(TITLES).map(([name, title]) => ({ name, title, panel: h("div", {}) }));
    byId("call-panels").replaceChildren(...panels.map(({ panel }) => panel));
    openTabs(byId("call-tabs"), panels, t("calls.language"), (name) => {
      this.writer = name;
      this.showCalls();
    });
  }

  /**
   * @param {File} file
   * @param {boolean} isPhoto
   */
  takeFile(file, isPhoto) {
    this.taking = this.readFile(file, isPhoto);
    return this.taking;
  }

  /** @param {string} url */
  takeUrl(url) {
    this.taking = this.readUrl(url);
    return this.taking;
  }

  /**
   * @param {File} file
   * @param {boolean} isPhoto
   */
  async readFile(file, isPhoto) {
    const turn = this.begin();
    const refusal = await refusalOf(file);
    if (this.turn !== turn) return;
    if (refusal !== null) {
      this.fail(() => note("bad", t(refusal, { name: file.name, size: number(file.size) })));
      return;
    }
    await this.show({ name: file.name, blob: file, url: null, isPhoto }, turn);
    if (isPhoto) byId("analyze").focus();
  }

  /** @param {string} url */
  async readUrl(url) {
    byId("url").value = url;
    this.showChange();
    const keys = readKeys();
    if (keys === null) {
      askForKeys(() => {
        this.showChange();
        if (readKeys() !== null) this.takeUrl(url);
      });
      return;
    }
    const turn = this.begin(url);
    byId("caption").textContent = t("source.loading");
    const found = await preview(keys, url).catch(unlessUnreachable);
    if (this.turn !== turn) return;
    await this.show({ name: url, blob: found instanceof Blob ? found : null, url, isPhoto: false }, turn);
    if (found === null) this.fail(() => note("bad", t("code.unreachable")));
    else if (!(found instanceof Blob)) this.fail(() => failureNote(found));
  }

  openCamera() {
    const keys = readKeys();
    if (keys === null) {
      askForKeys(() => {
        this.showChange();
        if (readKeys() !== null) this.openCamera();
      });
      return;
    }
    this.begin();
    this.showOnly("camera-view");
    this.camera.open(keys);
    announce(t("camera.on"));
  }

  /**
   * @param {File} photo
   * @param {import("./camera.js").CaptureResult} result
   */
  async takeCapture(photo, { answer, frames }) {
    const isNext = this.isNext;
    await this.takeFile(photo, true);
    if (this.source === null) return;
    this.captured = { frames: frames.length, verdict: answer.person?.verdict ?? "none" };
    this.showCaption();
    if (isNext) this.analyze();
  }

  /** @param {() => string} sentence */
  failCamera(sentence) {
    this.begin();
    this.fail(() => note("bad", sentence()));
    byId("camera").focus();
  }

  stopCamera() {
    this.begin();
    byId("camera").focus();
    announce(t("camera.off"));
  }

  /**
   * Clear the page for another image; what is still under way for the last one is void.
   * @param {string} url of that image, where it has one
   */
  begin(url = "") {
    this.turn += 1;
    this.camera.close();
    byId("url").value = url;
    this.source = this.picture = this.answer = this.asked = this.chosen = this.trouble = this.captured = null;
    this.isNext = false;
    this.isBusy = false;
    this.showOnly("empty");
    this.say();
    return this.turn;
  }

  /**
   * @param {Source} source
   * @param {number} turn
   */
  async show(source, turn) {
    const picture = source.blob === null ? null : await pictureOf(source.blob);
    if (this.turn !== turn) return;
    this.source = source;
    this.picture = picture;
    if (picture !== null) {
      byId("frame").replaceChildren(picture, this.overlay);
      this.showOnly("frame");
    }
    this.say();
    announce(byId("caption").textContent);
  }

  async analyze() {
    await this.taking;
    if (this.isBusy) return;
    const { url } = this.inputs();
    const isElsewhere = url !== null && url !== this.source?.url;
    if (this.camera.isOn && !isElsewhere) {
      this.isNext = true;
      this.camera.capture();
      return;
    }
    if (this.source === null && !isElsewhere) {
      this.fail(() => note("bad", t("test.noImage")));
      byId("choose").focus();
      return;
    }
    if (readKeys() === null) {
      askForKeys(() => {
        this.showChange();
        if (readKeys() !== null) this.analyze();
      });
      return;
    }
    if (isElsewhere) await this.takeUrl(url);
    if (!isElsewhere || this.source?.url === url) await this.ask(); // else another image came meanwhile
  }

  async ask() {
    const { turn } = this;
    this.isBusy = true;
    this.answer = this.asked = this.chosen = this.trouble = null;
    this.say();
    announce(t("test.analyzing"));
    const asked = this.inputs();
    const answer = await analyze(readKeys(), this.source, asked.preset, asked.route).catch(unlessUnreachable);
    if (this.turn !== turn) return;
    this.isBusy = false;
    this.answer = answer;
    this.asked = asked;
    if (answer === null) this.trouble = () => note("bad", t("code.unreachable"));
    else if (answer.faces === null) this.trouble = () => failureNote(answer);
    this.say();
    if (answer?.faces) announce(this.change() === null ? sentenceOf(answer.faces) : this.staleSentence());
  }

  /**
   * What the page would ask now.
   * @returns {Inputs}
   */
  inputs() {
    const { appKey, secretKey } = readKeys() ?? NO_KEYS;
    return { url: byId("url").value.trim() || null, preset: chosen("preset"), route: chosen("route"), appKey, secretKey };
  }

  /** What changed since the answer that is shown was asked for; null where it still holds, or there is none. */
  change() {
    return this.answer === null ? null : changeSince(this.asked, this.inputs());
  }

  /** After a change of what would be asked: the answer may be stale now, or hold again. */
  showChange() {
    this.showCalls();
    this.showTrouble();
    this.showAnswer();
    if (this.change() !== null) announce(this.staleSentence());
  }

  staleSentence() {
    const { preset, route } = this.asked;
    return t(`stale.${this.change()}`, { preset: t(`preset.${preset}`), route: t(`route.${route}`) });
  }

  /** @param {() => Node} trouble */
  fail(trouble) {
    this.trouble = trouble;
    this.showTrouble();
  }

  /** @param {"empty" | "frame" | "camera-view"} shown */
  showOnly(shown) {
    for (const id of ["empty", "frame", "camera-view"]) byId(id).hidden = id !== shown;
    byId("stage").classList.toggle("full", shown !== "empty");
  }

  showCaption() {
    const { source, picture, captured } = this;
    byId("caption").textContent = source === null ? "" : captionOf(source, picture, captured);
    if (picture !== null) picture.alt = source.isPhoto ? t("stage.photo") : t("stage.picture", { name: source.name });
  }

  showTrouble() {
    const isToTell = this.trouble !== null && this.change() === null;
    byId("trouble").replaceChildren(...(isToTell ? [this.trouble()] : []));
  }

  showAnswer() {
    const faces = this.answer?.faces ?? null;
    const size = this.picture && { width: this.picture.naturalWidth, height: this.picture.naturalHeight };
    const isStale = this.change() !== null;
    byId("result").hidden = faces === null;
    byId("result").replaceChildren(
      ...(faces === null ? [] : resultOf(faces, this.asked.preset, size, (index) => this.pointOut(index))),
    );
    byId("copy-answer").hidden = this.answer === null;
    const waiting = h("p", { class: "waiting" }, t(this.isBusy ? "test.analyzing" : "response.none"));
    byId("response").replaceChildren(...(this.answer === null ? [waiting] : responseOf(this.answer)));
    for (const id of ["result", "response", "frame"]) byId(id).classList.toggle("stale", isStale);
    for (const id of ["result", "response"]) if (isStale && !byId(id).hidden) byId(id).prepend(this.staleNote());
    this.draw();
  }

  staleNote() {
    const words = [h("strong", {}, t("stale.title")), h("p", {}, this.staleSentence())];
    return h("div", { class: "outdated" }, note("warn", ...words));
  }

  /** @param {number | null} index */
  pointOut(index) {
    this.chosen = index;
    this.draw();
  }

  draw() {
    if (this.picture === null) return;
    drawFaces(this.overlay, this.answer?.faces ?? [], this.chosen, this.change() !== null);
  }

  showCalls() {
    const keys = readKeys() ?? NO_KEYS;
    const isMasked = readKeys() !== null && !byId("show-secret").checked;
    const call = this.callWith(isMasked ? { ...keys, secretKey: MASK } : keys);
    const code = h("pre", { class: "code", tabindex: 0, role: "region", "aria-label": TITLES[this.writer] }, h("code", {}, WRITERS[this.writer](call)));
    byId(`panel-${this.writer}`).replaceChildren(code);
    byId("call-of").textContent = t("calls.of", { image: call.source.name, preset: t(`preset.${call.preset}`), route: t(`route.${call.route}`) });
  }

  /** The call that is shown, with its real secret. */
  call() {
    return WRITERS[this.writer](this.callWith(readKeys() ?? NO_KEYS));
  }

  /** @param {import("./session.js").Keys} keys */
  callWith(keys) {
    const { url, preset, route } = this.inputs();
    const source = url === null ? (this.source ?? SAMPLE) : { ...SAMPLE, name: url, url };
    return { keys, source, preset, route };
  }
}

/**
 * What is chosen of a group of radio buttons.
 * @param {string} name
 */
function chosen(name) {
  return document.querySelector(`input[name=${name}]:checked`).value;
}

/**
 * @param {Source} source
 * @param {HTMLImageElement | null} picture
 * @param {{ frames: number, verdict: string } | null} captured
 */
function captionOf(source, picture, captured) {
  const size = picture && t("stage.size", { width: picture.naturalWidth, height: picture.naturalHeight });
  const bytes = source.blob && t("unit.bytes", { n: number(source.blob.size) });
  const judged = captured && t(`camera.${captured.verdict}`, { n: captured.frames });
  return [source.name, size, bytes, judged].filter(Boolean).join(" · ");
}

/** @param {Answer} answer */
function failureNote(answer) {
  const detail = answer.detail && h("p", { class: "small quiet", lang: "en" }, answer.detail);
  return note("bad", h("p", {}, sentenceFor(answer)), detail);
}

/** @param {unknown} error */
function unlessUnreachable(error) {
  if (error instanceof Unreachable) return null;
  throw error;
}

openFrame("test");
new TryPage().open();
