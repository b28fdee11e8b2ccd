/** `<bonaface-capture>`: takes a capture of a face and has it judged. It holds a capture token, never a secret. */

import { Camera, fitting, reasonOf } from "./capture-camera.js";
import { hintOf } from "./capture-hints.js";
import { Judge, wordFor } from "./capture-judge.js";
import { languageOf, TEXTS } from "./capture-text.js";
import { CaptureView } from "./capture-view.js";
import { BonafaceClientError } from "./errors.js";

/** @typedef {import("./calls.js").LivenessAnswer} LivenessAnswer */
/** @typedef {import("./capture-text.js").Key} Key */
/** @typedef {import("./capture-hints.js").Hint} Hint */
/** @typedef {{ answer: LivenessAnswer, raw: string, frames: Blob[] }} CaptureResult of the event `bonaface-result` */
/** @typedef {{ error: Error }} CaptureError of the event `bonaface-error` */

const PREVIEW_SIDE = 640;
const FRAME_SIDE = 1280;
const PREVIEW_EVERY = 700;
const FRAME_EVERY = 200;
/** Milliseconds between frames that are looked at, and between those of a capture. */
const MOST_PREVIEWS = 12;
/** After so many, the person says when: each one is a use of the token. */
const MOST_FRAMES = 10;
const FEW_FRAMES = 5;
const MANY_SIDE = 960;
/** All frames together may have the bytes of one image, so that many are smaller. */

/**
 * Attributes: `endpoint` (the server; that of the page without it), `token`, `frames` (1 to 10; 3), `preset`,
 * `quality`, `lang`. Events: `bonaface-result`, `bonaface-error`, `bonaface-stop`.
 */
export class CaptureElement extends HTMLElement {
  static observedAttributes = ["lang"];

  /**
   * Gives a capture token when one is needed. A page may have set it before this class was there.
   * @type {(() => Promise<string>) | null}
   */
  getToken = Reflect.get(this, "getToken") ?? null;

  #view;
  #camera;
  #turn = 0;
  /** @type {AbortController} ends what is asked of the server */
  #asking = new AbortController();
  /** @type {(() => void) | null} ends the wait between two previews */
  #wake = null;
  #isWanted = false;
  #judge = new Judge(this);
  /** @type {() => string} what is told now, in any language */
  #told = () => this.#words("idle");

  constructor() {
    super();
    const actions = {
      start: () => void this.start(),
      take: () => this.take(),
      stop: () => this.#stopped(),
      choose: (/** @type {File} */ file) => void this.judge([file]),
    };
    this.#view = new CaptureView(this.attachShadow({ mode: "open" }), actions);
    this.#camera = new Camera(this.#view.video);
  }

  connectedCallback() {
    this.#say();
  }

  disconnectedCallback() {
    this.#begin();
  }

  attributeChangedCallback() {
    this.#say();
  }

  /** Show what the camera sees, and take a capture once the face is well seen. */
  async start() {
    const turn = this.#begin();
    this.#view.wasUsed = true;
    this.#tell("starting");
    this.#view.show("busy");
    try {
      await this.#camera.open();
    } catch (error) {
      if (turn === this.#turn) this.#fail(reasonOf(error), error);
      return;
    }
    if (turn !== this.#turn) return;
    this.#view.draw();
    this.#view.show("live");
    this.#tell("noFace");
    await this.#run(turn, () => this.#watch(turn));
  }

  /** Take the capture now, whatever the hint says. */
  take() {
    this.#isWanted = true;
    this.#wake?.();
  }

  /** Let go of the camera. */
  stop() {
    this.#begin();
    this.#view.show("idle");
    this.#tell("idle");
  }

  #stopped() {
    this.stop();
    this.dispatchEvent(new CustomEvent("bonaface-stop", { bubbles: true, composed: true }));
  }

  /**
   * Have images judged that were taken elsewhere: 1, or 2 to 10 of one capture.
   * @param {Blob[]} frames
   */
  async judge(frames) {
    const turn = this.#begin();
    this.#view.wasUsed = true;
    await this.#run(turn, async () => this.#finish(turn, await Promise.all(frames.map(fitting))));
  }

  /** What is under way is void from now on. */
  #begin() {
    this.#asking.abort(new DOMException("the capture was ended", "AbortError"));
    this.#asking = new AbortController();
    this.#wake?.();
    this.#camera.close();
    this.#isWanted = false;
    this.#turn += 1;
    return this.#turn;
  }

  /**
   * @param {number} turn
   * @param {() => Promise<void>} work
   */
  async #run(turn, work) {
    try {
      await work();
    } catch (error) {
      if (turn === this.#turn) this.#fail(wordFor(error), error);
    }
  }

  /**
   * Look at frames until one is good, or the person says so; then take the capture.
   * @param {number} turn
   */
  async #watch(turn) {
    for (let seen = 0; !this.#isWanted; seen += 1) {
      if (seen < MOST_PREVIEWS && (await this.#isGood(turn))) break;
      await this.#pause(seen < MOST_PREVIEWS ? PREVIEW_EVERY : Infinity);
      if (turn !== this.#turn) return;
    }
    if (turn !== this.#turn) return;
    this.#tell("taking");
    this.#view.show("busy");
    const frames = await this.#frames(turn);
    if (turn === this.#turn) await this.#finish(turn, frames);
  }

  /**
   * Whether a frame of now would do; what it lacks is told.
   * @param {number} turn
   */
  async #isGood(turn) {
    const hint = await this.#look();
    if (turn !== this.#turn) return false;
    if (hint === null) {
      this.#tell("busy");
      return false;
    }
    const isReady = hint.key === "ready";
    this.#view.draw(hint.oval, isReady);
    this.#tellHint(hint);
    return isReady;
  }

  /** @returns {Promise<Hint | null>} null where the server has no capacity at the moment */
  async #look() {
    const frame = await this.#camera.frame(PREVIEW_SIDE);
    try {
      return hintOf(await this.#judge.preview(frame, this.#asking.signal));
    } catch (error) {
      if (error instanceof BonafaceClientError && error.isTemporary) return null;
      throw error;
    }
  }

  /**
   * @param {number} turn
   * @returns {Promise<Blob[]>}
   */
  async #frames(turn) {
    const wanted = Math.min(Math.max(Number(this.getAttribute("frames") ?? 3) || 1, 1), MOST_FRAMES);
    const side = wanted > FEW_FRAMES ? MANY_SIDE : FRAME_SIDE;
    const frames = [];
    while (frames.length < wanted && turn === this.#turn) {
      if (frames.length > 0) await new Promise((resolve) => setTimeout(resolve, FRAME_EVERY));
      if (turn === this.#turn) frames.push(await this.#camera.frame(side));
    }
    return frames;
  }

  /**
   * @param {number} turn
   * @param {Blob[]} frames
   */
  async #finish(turn, frames) {
    this.#tell("judging");
    this.#view.show("busy");
    const answer = await this.#judge.capture(frames, this.#asking.signal);
    if (turn !== this.#turn) return;
    this.#camera.close();
    this.#view.show("idle");
    const hint = hintOf(answer);
    const isJudged = answer.person !== null && answer.person.verdict !== "undecidable";
    if (isJudged) this.#tell("done");
    else if (hint.key === "ready") this.#tell("notFit");
    else this.#tellHint(hint);
    this.#emit("bonaface-result", { answer, raw: answer.raw, frames });
  }

  /** @param {number} milliseconds */
  async #pause(milliseconds) {
    await new Promise((resolve) => {
      this.#wake = () => resolve(undefined);
      if (milliseconds !== Infinity) setTimeout(resolve, milliseconds);
      if (this.#isWanted) resolve(undefined);
    });
    this.#wake = null;
  }

  /**
   * @param {Key} key
   * @param {unknown} error
   */
  #fail(key, error) {
    this.#camera.close();
    this.#view.show("idle");
    this.#tell(key);
    this.#emit("bonaface-error", { error: error instanceof Error ? error : new Error(String(error)) });
  }

  /**
   * @param {string} name
   * @param {CaptureResult | CaptureError} detail
   */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** @param {Hint} hint */
  #tellHint({ key, words }) {
    this.#told = () => words?.[languageOf(this.getAttribute("lang"))] ?? this.#words(/** @type {Key} */ (key));
    this.#say();
  }

  /** @param {Key} key */
  #tell(key) {
    this.#told = () => this.#words(key);
    this.#say();
  }

  /** @param {Key} key */
  #words(key) {
    return TEXTS[languageOf(this.getAttribute("lang"))][key];
  }

  #say() {
    this.#view.say(languageOf(this.getAttribute("lang")));
    this.#view.tell(this.#told());
  }
}
