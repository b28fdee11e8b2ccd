/** The fields of a quota, in the dialog of a new application and in that of one that is there. */

import { field } from "./dialog.js";
import { h } from "./dom.js";
import { number, t } from "./text.js";

/** @typedef {import("./admin-api.js").Quota} Quota */

const MOST_A_SECOND = 10_000;
const NO_QUOTA = Object.freeze({ requestsPerSecond: null, burst: null, requestsPerMonth: null });

/**
 * The fields and what they hold.
 * @param {Quota} [quota]
 * @returns {{ element: HTMLElement, read: () => Quota }}
 */
export function quotaFields(quota = NO_QUOTA) {
  const rate = amount("quota-rate", quota.requestsPerSecond, MOST_A_SECOND);
  const burst = amount("quota-burst", quota.burst);
  const month = amount("quota-month", quota.requestsPerMonth);
  const element = h("div", { class: "thirds" },
    field(t("quota.rate"), rate),
    field(t("quota.burst"), burst, t("quota.burstHint")),
    field(t("quota.month"), month));
  const read = () => ({ requestsPerSecond: valueOf(rate), burst: valueOf(burst), requestsPerMonth: valueOf(month) });
  return { element, read };
}

/**
 * Limits in a few words.
 * @param {Quota} quota
 */
export function limitsOf({ requestsPerSecond, burst, requestsPerMonth }) {
  const rate = requestsPerSecond && t("quota.saidRate", { n: number(requestsPerSecond) });
  const bursts = burst && burst !== requestsPerSecond && t("quota.saidBurst", { n: number(burst) });
  const month = requestsPerMonth && t("quota.saidMonth", { n: number(requestsPerMonth) });
  const said = [rate, bursts, month].filter(Boolean).join(" · ");
  return said || h("span", { class: "quiet" }, t("quota.none"));
}

/**
 * @param {string} id
 * @param {number | null} value
 * @param {number | null} [max]
 */
function amount(id, value, max = null) {
  return h("input", { id, type: "number", min: 1, step: 1, max, value, inputmode: "numeric", placeholder: t("quota.none") });
}

/** @param {HTMLInputElement} input */
function valueOf(input) {
  return input.value === "" ? null : Number(input.value);
}
