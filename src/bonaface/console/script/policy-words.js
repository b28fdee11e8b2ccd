/** What is said of decision policies. */

import { h } from "./dom.js";
import { number, t } from "./text.js";

const NUMBERS = new Set(["version", "rejectBelow", "acceptFrom"]);
const SCORE = Object.freeze({ maximumFractionDigits: 6 });

/**
 * The heads of a table of policies or versions.
 * @param {string[]} keys
 */
export function headsOf(keys) {
  return keys.map((key) => h("th", { scope: "col", class: NUMBERS.has(key) ? "number" : null }, t(`policies.${key}`)));
}

/**
 * A threshold on the liveness score.
 * @param {number} value
 */
export function scoreOf(value) {
  return number(value, SCORE);
}
