/** Hours, days and months of UTC: which ones are shown, and how they are called. */

import { range } from "./dom.js";
import { inUtc } from "./text.js";

/** @typedef {"hour" | "day" | "month"} Period */
/** @typedef {{ from: Date, to: Date }} Span `from` counts, `to` does not */

/** How many periods may be chosen; the first is what a page opens with. */
export const LENGTHS = Object.freeze({ hour: [48, 24, 168], day: [30, 7, 90, 365], month: [12, 24, 60] });

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
const ROUND_HOURS = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336];
const MOST_PERIODS = 5_000;
/** @type {Record<Period, Intl.DateTimeFormatOptions>} */
const SHORT = {
  hour: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { month: "short", day: "numeric" },
  month: { month: "short", year: "numeric" },
};
/** @type {Record<Period, Intl.DateTimeFormatOptions>} */
const LONG = {
  hour: { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" },
  day: { dateStyle: "full" },
  month: { month: "long", year: "numeric" },
};

/**
 * The last `length` periods up to that of `now`.
 * @param {Period} by
 * @param {number} length
 * @param {Date} now
 * @returns {Span}
 */
export function lastPeriods(by, length, now) {
  const current = beginOf(by, now);
  return { from: moved(by, current, 1 - length), to: moved(by, current, 1) };
}

/**
 * Whole days as two date fields hold them (2026-11-24), both included.
 * @param {string} first
 * @param {string} last
 * @returns {Span | null} null unless both are dates in order
 */
export function spanOfDates(first, last) {
  const [from, end] = [first, last].map((date) => new Date(`${date}T00:00:00Z`));
  if (!(from <= end)) return null;
  return { from, to: new Date(end.getTime() + DAY_MILLISECONDS) };
}

/**
 * The beginning of every period of `span`.
 * @param {Period} by
 * @param {Span} span
 * @returns {Date[]}
 */
export function periodsOf(by, { from, to }) {
  const first = beginOf(by, from);
  const all = range(MOST_PERIODS).map((index) => moved(by, first, index));
  return all.filter((begin) => begin < to);
}

/**
 * Which periods have their name under the axis: at most every `least`-th. Those of hours are round ones.
 * @param {Period} by
 * @param {Date[]} periods
 * @param {number} least
 * @returns {number[]} indices
 */
export function labelledPeriods(by, periods, least) {
  const last = periods.length - 1;
  const step = ROUND_HOURS.find((hours) => hours >= least) ?? least;
  const isLabelled = (/** @type {number} */ index) =>
    by === "hour" ? (periods[index].getTime() / HOUR_MILLISECONDS) % step === 0 : (last - index) % least === 0;
  return range(periods.length).filter(isLabelled);
}

/**
 * A period's name under an axis.
 * @param {Period} by
 * @param {Date} at
 */
export function shortName(by, at) {
  return inUtc(at, by === "hour" && at.getUTCHours() === 0 ? SHORT.day : SHORT[by]);
}

/**
 * A period's whole name.
 * @param {Period} by
 * @param {Date} at
 */
export function longName(by, at) {
  return inUtc(at, LONG[by]);
}

/**
 * @param {Period} by
 * @param {Date} at
 */
function beginOf(by, at) {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (by === "month") return new Date(Date.UTC(year, month));
  return new Date(Date.UTC(year, month, at.getUTCDate(), by === "hour" ? at.getUTCHours() : 0));
}

/**
 * @param {Period} by
 * @param {Date} at the beginning of a period
 * @param {number} count periods forwards
 */
function moved(by, at, count) {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (by === "month") return new Date(Date.UTC(year, month + count));
  if (by === "day") return new Date(Date.UTC(year, month, day + count));
  return new Date(Date.UTC(year, month, day, at.getUTCHours() + count));
}
