/** Captures from a webcam, by the component of clients/js: it gets a capture token, and never the secret. */

import "../client/capture.js";
import { Client, ConnectionFailedError, ServiceError } from "../client/index.js";
import { byId, h } from "./dom.js";
import { SERVER } from "./server.js";
import { currentLanguage, t, whenSaid } from "./text.js";

/** @typedef {import("./session.js").Keys} Keys */
/** @typedef {import("../client/capture-element.js").CaptureResult} CaptureResult */

const NAME = "webcam.jpg";
const TYPE = "image/jpeg";
const FRAMES = 3;
const USES = 20;
const LIFETIME = 300;

/** Why there is no picture: the key of a text, by the name of the browser's error. */
const REASONS = {
  NotAllowedError: "camera.denied",
  NotFoundError: "camera.missing",
  NotReadableError: "camera.busy",
  OverconstrainedError: "camera.missing",
  InsecureContext: "camera.insecure",
};

/** A webcam and the view that shows what it sees. It is on from `open` to the capture, or to `close`. */
export class Camera {
  /**
   * @param {(photo: File, result: CaptureResult) => void} took runs when there is a capture, with its first frame
   * @param {() => void} stopped runs when the webcam was let go
   * @param {(sentence: () => string) => void} failed runs when there is no capture
   */
  constructor(took, stopped, failed) {
    this.took = took;
    this.stopped = stopped;
    this.failed = failed;
    /** @type {any} */
    this.component = null;
    whenSaid(() => this.component?.setAttribute("lang", currentLanguage()));
  }

  /**
   * Begin to show what the webcam sees.
   * @param {Keys} keys
   */
  open(keys) {
    this.close();
    const component = h("bonaface-capture", { endpoint: SERVER, frames: FRAMES, lang: currentLanguage() });
    component.getToken = () => tokenFor(keys);
    component.addEventListener("bonaface-result", (/** @type {CustomEvent<CaptureResult>} */ event) => this.take(event.detail));
    component.addEventListener("bonaface-error", (/** @type {CustomEvent<{ error: Error }>} */ event) => {
      this.failed(() => sentenceOf(event.detail.error));
    });
    component.addEventListener("bonaface-stop", () => this.stopped());
    this.component = component;
    byId("camera-view").replaceChildren(component);
    component.start();
  }

  /** Have the capture taken now. */
  capture() {
    this.component.take();
  }

  /** @param {CaptureResult} result */
  take(result) {
    const [frame] = result.frames;
    this.took(frame instanceof File ? frame : new File([frame], NAME, { type: TYPE }), result);
  }

  /** Let go of the webcam; its light goes out. */
  close() {
    this.component?.remove();
    this.component = null;
  }

  get isOn() {
    return this.component !== null;
  }
}

/** @param {Keys} keys */
async function tokenFor({ appKey, secretKey }) {
  const made = await new Client(SERVER, { appKey, secretKey }).createToken({ uses: USES, lifetime: LIFETIME });
  return made.token;
}

/** @param {Error} error */
function sentenceOf(error) {
  if (error.name in REASONS) return t(REASONS[error.name]);
  if (error instanceof ConnectionFailedError) return t("code.unreachable");
  return error instanceof ServiceError ? error.detail : t("camera.busy");
}
