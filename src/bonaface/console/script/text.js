/** What the page says, in the language of whoever reads it. */

import en from "../text/en.js";
import ko from "../text/ko.js";

const STORED = "bonaface.language";
/** @type {Record<string, Record<string, string>>} */
const TEXTS = { en, ko };
export const LANGUAGES = Object.freeze({ en: "English", ko: "한국어" });

const FEW_MILLISECONDS = 10;
/** @type {Intl.DateTimeFormatOptions} */
const MOMENT = Object.freeze({ dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** Attributes that a translation may fill, by the data attribute that names its key. */
const ATTRIBUTES = { tLabel: "aria-label", tPlaceholder: "placeholder", tTitle: "title" };

const listeners = new Set();
let language = chosen();

/** The language in use: a key of LANGUAGES. */
export function currentLanguage() {
  return language;
}

/**
 * The text under `key`, its {names} filled from `values`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = TEXTS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The text for a number of things: `key.one` or `key.other`, with {n} filled.
 * @param {string} key
 * @param {number} n
 */
export function count(key, n) {
  const form = new Intl.PluralRules(language).select(n) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n: number(n) });
}

/**
 * Whether there is a text under `key`.
 * @param {string} key
 */
export function has(key) {
  return key in TEXTS[language];
}

/**
 * A number as the language writes it.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function number(value, options = {}) {
  return new Intl.NumberFormat(language, options).format(value);
}

/**
 * Milliseconds with their unit: the one form of all times that something took.
 * @param {number} value
 */
export function milliseconds(value) {
  return t("unit.ms", { n: number(value, { maximumFractionDigits: value < FEW_MILLISECONDS ? 1 : 0 }) });
}

/**
 * A moment in the time zone of whoever reads it, with the zone: the one form of all moments.
 * @param {string | Date} at
 */
export function moment(at) {
  const date = new Date(at);
  const parts = new Intl.DateTimeFormat(language, { timeZoneName: "short" }).formatToParts(date);
  const zone = parts.find(({ type }) => type === "timeZoneName").value;
  return `${new Intl.DateTimeFormat(language, MOMENT).format(date)} ${zone}`;
}

/**
 * A period of usage, which is one of UTC, as the language writes it.
 * @param {Date} at its beginning
 * @param {Intl.DateTimeFormatOptions} options
 */
export function inUtc(at, options) {
  return new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options }).format(at);
}

/**
 * Change the language, remember it, and have everything said again.
 * @param {string} wanted
 */
export function setLanguage(wanted) {
  language = wanted;
  localStorage.setItem(STORED, wanted);
  sayAll();
}

/**
 * Run `listener` now and each time the language changes.
 * @param {() => void} listener
 */
export function whenSaid(listener) {
  listeners.add(listener);
  listener();
}

/** Fill every element that names a text, and tell the listeners. */
export function sayAll() {
  document.documentElement.lang = language;
  say(document);
  for (const listener of listeners) listener();
}

/**
 * Fill the elements under `root` that name a text.
 * @param {ParentNode} root
 */
export function say(root) {
  for (const element of root.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t);
  }
  for (const [data, attribute] of Object.entries(ATTRIBUTES)) {
    const selector = `[data-${data.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
    for (const element of root.querySelectorAll(selector)) {
      element.setAttribute(attribute, t(element.dataset[data]));
    }
  }
}

function chosen() {
  const stored = localStorage.getItem(STORED) ?? "";
  if (stored in TEXTS) return stored;
  const wanted = navigator.languages.map((tag) => tag.split("-")[0].toLowerCase());
  return wanted.find((tag) => tag in TEXTS) ?? "en";
}
