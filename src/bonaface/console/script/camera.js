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
   * @param {(photo: File) => void} taken
   * @param {() => void} stopped
   */
  constructor(taken, stopped) {
    this.taken = taken;
    this.stopped = stopped;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.video = h("video", { autoplay: true, playsinline: true });
    this.video.muted = true;
    this.take = h("button", { type: "button", class: "button primary", onclick: () => this.capture() });
    this.stop = h("button", { type: "button", class: "button", onclick: () => this.stopped() });
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

  capture() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width === 0) return; // no frame has come yet
    const canvas = h("canvas", { width, height });
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    canvas.toBlob((/** @type {Blob} */ blob) => this.taken(new File([blob], NAME, { type: TYPE })), TYPE, QUALITY);
  }
}
