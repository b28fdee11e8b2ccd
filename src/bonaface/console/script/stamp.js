/** Moments as elements. */

import { h } from "./dom.js";
import { moment } from "./text.js";

/**
 * A moment in local time; UTC, as the API tells it, stands in its tip.
 * @param {string} at RFC 3339
 */
export function stamp(at) {
  return h("time", { datetime: at, title: at }, moment(at));
}
