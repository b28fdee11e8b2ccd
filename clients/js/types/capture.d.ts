export { CaptureElement };
export type CaptureError = import("./capture-element.js").CaptureError;
export type CaptureResult = import("./capture-element.js").CaptureResult;
import { CaptureElement } from "./capture-element.js";
