/** Calls of the admin API, by an administrator's token. */

import { SERVER } from "./server.js";
import { Unreachable } from "./unreachable.js";

/** @typedef {{ requestsPerSecond: number | null, burst: number | null, requestsPerMonth: number | null }} Quota */
/** @typedef {{ appKey: string, name: string, note: string, state: "active" | "disabled", createdAt: string, quota: Quota, removedAt: string | null }} Application */
/** @typedef {{ id: number, createdAt: string, expiresAt: string | null, lastUsedAt: string | null }} Secret */
/** @typedef {Application & { secrets: Secret[], usedThisMonth: number }} ApplicationDetail */
/** @typedef {{ name: string, version: number, rejectBelow: number, acceptFrom: number, note: string, createdAt: string, retiredAt: string | null }} Policy */
/** @typedef {Policy & { isDefault: boolean, appKeys: string[] }} PolicyDetail */
/** @typedef {"viewer" | "operator" | "owner"} Role */
/** @typedef {{ at: string, requests: number, bonaFide: number, attacks: number, meanMilliseconds: number, slowestMilliseconds: number, outcomes: Record<string, number> }} UsageRow */
/** @typedef {{ id: number, at: string, actor: string, action: string, target: string, detail: Record<string, unknown>, origin: string }} AuditEntry */

const NO_CONTENT = 204;

/** The server refused: its HTTP status, and its sentence. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.detail = detail;
  }
}

/** The admin API as one administrator. Every method raises Problem and Unreachable. */
export class AdminApi {
  /** @param {string} token */
  constructor(token) {
    this.token = token;
    this.name = "";
    /** @type {Role} what the token may do, once `introduce` has asked */
    this.role = "viewer";
  }

  /** Ask whose token it is. */
  async introduce() {
    const { name, role } = await this.get("/token");
    Object.assign(this, { name, role });
  }

  /** Whether it may change applications, secrets and limits. */
  get mayChange() {
    return this.role !== "viewer";
  }

  /**
   * @param {string} path under /admin/v1
   * @param {Record<string, string | number | null>} [parameters] those that are null or empty are left out
   */
  get(path, parameters = {}) {
    const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== "");
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return this.send("GET", query ? `${path}?${query}` : path);
  }

  /**
   * @param {string} method
   * @param {string} path under /admin/v1
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async send(method, path, body) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const request = { method, headers, body: JSON.stringify(body), cache: "no-store", credentials: "omit" };
    const response = await fetch(`${SERVER}/admin/v1${path}`, request).catch(raiseUnreachable);
    if (response.status === NO_CONTENT) return null;
    const answer = await response.json().catch(() => null);
    if (!response.ok || answer === null) throw new Problem(response.status, answer?.detail ?? response.statusText);
    return answer;
  }
}

/**
 * The path of an application.
 * @param {string} appKey
 * @param {string} [rest]
 */
export function pathOf(appKey, rest = "") {
  return `/applications/${encodeURIComponent(appKey)}${rest}`;
}

/**
 * The path of a decision policy.
 * @param {string} name
 */
export function policyPathOf(name) {
  return `/policies/${encodeURIComponent(name)}`;
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function raiseUnreachable(error) {
  throw new Unreachable(String(error));
}
