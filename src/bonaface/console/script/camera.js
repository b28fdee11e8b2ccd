/** Pictures from a webcam. The stream runs from `open` to the picture or to `close`, and never longer. */

import { byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { t, whenSaid } from "./text.js";

const WANTED = { video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false };
const TYPE = "image/jpeg";
const QUALITY = 0.92;
const NAME = "webcam.jpg";

/** Why there is no picture: the key of a text, by the name of the browser's error. */
const REASONS = {
  NotAllowedError: "camera.denied",
  NotFoundError: "camera.missing",
  NotReadableError: "camera.busy",
  OverconstrainedError: "camera.missing",
};

/** A webcam and the view that shows what it sees. */
export class Camera {
  /**
   * @param {() => void} take runs when a picture is wanted
   * @param {() => void} stop runs when the webcam is to be let go
   */
  constructor(take, stop) {
    /** @type {MediaStream | null} */
    this.stream = null;
    this.video = h("video", { autoplay: true, playsinline: true });
    this.video.muted = true;
    this.take = h("button", { type: "button", class: "button primary", onclick: take });
    this.stop = h("button", { type: "button", class: "button", onclick: stop });
    byId("camera-view").replaceChildren(this.video, h("div", { class: "row" }, this.take, this.stop));
    whenSaid(() => this.say());
  }

  say() {
    this.video.setAttribute("aria-label", t("camera.view"));
    this.take.replaceChildren(icon("camera"), t("camera.take"));
    this.stop.textContent = t("camera.stop");
  }

  /**
   * Begin to show what the webcam sees.
   * @returns {Promise<string | null>} the key of a text that says why it cannot, or null
   */
  async open() {
    this.close();
    if (navigator.mediaDevices === undefined) return "camera.insecure";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(WANTED);
    } catch (error) {
      return REASONS[/** @type {DOMException} */ (error).name] ?? "camera.busy";
    }
    this.video.srcObject = this.stream;
    return null;
  }

  /** Let go of the webcam; its light goes out. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  get isOn() {
    return this.stream !== null;
  }

  /**
   * What the webcam sees now; its first frame, where none has come yet.
   * @returns {Promise<File>}
   */
  async capture() {
    const { video } = this;
    if (video.videoWidth === 0) await new Promise((resolve) => video.addEventListener("loadeddata", resolve, { once: true }));
    const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, TYPE, QUALITY));
    return new File([blob], NAME, { type: TYPE });
  }
}
