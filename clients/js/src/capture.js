/** Defines `<bonaface-capture>`. */

import { CaptureElement } from "./capture-element.js";

export { CaptureElement };

/** @typedef {import("./capture-element.js").CaptureError} CaptureError */
/** @typedef {import("./capture-element.js").CaptureResult} CaptureResult */

if (customElements.get("bonaface-capture") === undefined) customElements.define("bonaface-capture", CaptureElement);
