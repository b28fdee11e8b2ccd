/** What an entry of the audit trail says, in words; and as a row of a CSV file, as the API has it. */

import { spanOf } from "./durations.js";
import { scoreOf } from "./policy-words.js";
import { has, moment, number, t } from "./text.js";

/** @typedef {import("./admin-api.js").AuditEntry} AuditEntry */

const NEW = /\.(create|add)$/;
const COLUMNS = Object.freeze(["id", "at", "actor", "action", "target", "detail", "origin"]);
const SCORES = Object.freeze(["rejectBelow", "acceptFrom", "weak", "balanced", "strict"]);
const FORMULA = /^[=+\-@\t\r]/;

/** What is said of a value that is null, by the member that it is of. */
const NOTHING = {
  requestsPerSecond: "quota.none",
  burst: "quota.none",
  requestsPerMonth: "quota.none",
  expiresAt: "secret.never",
  secretExpiresAt: "secret.never",
  overlapSeconds: "secret.overlapNone",
  policy: "policies.none",
};

/**
 * The name of an action.
 * @param {string} action
 */
export function actionName(action) {
  const key = `action.${action}`;
  return has(key) ? t(key) : action;
}

/**
 * What was set to what. Of something new, what was left empty tells nothing.
 * @param {AuditEntry} entry
 */
export function detailOf({ action, detail }) {
  const told = Object.entries(detail).filter(([, value]) => !NEW.test(action) || (value !== null && value !== ""));
  return told.map(([name, value]) => `${nameOf(name)}: ${valueOf(name, value)}`).join(" · ");
}

/**
 * Entries as a CSV file (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe.
 * @param {AuditEntry[]} entries
 */
export function csvOf(entries) {
  const rows = entries.map((entry) => COLUMNS.map((name) => cellOf(entry[name])));
  return [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/** @param {unknown} value */
function cellOf(value) {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** @param {string} name */
function nameOf(name) {
  const key = `detail.${name}`;
  return has(key) ? t(key) : name;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function valueOf(name, value) {
  if (value === null || value === "") return name in NOTHING ? t(NOTHING[name]) : "–";
  if (name.endsWith("xpiresAt")) return moment(String(value));
  if (name === "overlapSeconds") return spanOf(Number(value));
  if (SCORES.includes(name)) return scoreOf(Number(value));
  return typeof value === "number" && name !== "secretId" ? number(value) : String(value);
}
