/** Spans of time to choose from, in a select. */

import { h } from "./dom.js";
import { count, t } from "./text.js";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** @type {[number, string][]} */
const UNITS = [
  [DAY, "days"],
  [HOUR, "hours"],
  [1, "seconds"],
];
const EXPIRIES = [30, 90, 180, 365];
const OVERLAPS = [HOUR, DAY, 7 * DAY, 30 * DAY];
const DEFAULT_OVERLAP = DAY;

/**
 * When a new secret ends.
 * @param {string} id
 * @returns {{ select: HTMLSelectElement, read: () => string | null }} `read` gives an RFC 3339 time, or null for never
 */
export function expirySelect(id) {
  const options = EXPIRIES.map((days) => h("option", { value: days }, count("duration.days", days)));
  const select = h("select", { id }, h("option", { value: "" }, t("secret.never")), ...options);
  const read = () => (select.value ? new Date(Date.now() + Number(select.value) * DAY * 1000).toISOString() : null);
  return { select, read };
}

/**
 * How long the other secret goes on working.
 * @param {string} id
 * @returns {{ select: HTMLSelectElement, read: () => number | null }} seconds, or null for as it was
 */
export function overlapSelect(id) {
  const options = OVERLAPS.map((seconds) => h("option", { value: seconds, selected: seconds === DEFAULT_OVERLAP }, spanOf(seconds)));
  const select = h("select", { id }, h("option", { value: "" }, t("secret.overlapNone")), ...options);
  return { select, read: () => (select.value ? Number(select.value) : null) };
}

/**
 * A span in words, in the largest unit that it is a whole number of.
 * @param {number} seconds
 */
export function spanOf(seconds) {
  const [unit, name] = UNITS.find(([each]) => seconds % each === 0);
  return count(`duration.${name}`, seconds / unit);
}
