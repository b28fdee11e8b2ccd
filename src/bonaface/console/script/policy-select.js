/** Decision policies to choose from, in a select. */

import { h } from "./dom.js";

/** @typedef {import("./admin-api.js").Policy} Policy */

/**
 * @param {string} id
 * @param {Policy[]} policies
 * @param {string | null} chosen
 * @param {string} nothing what is said of none
 * @returns {{ select: HTMLSelectElement, read: () => string | null }}
 */
export function policySelect(id, policies, chosen, nothing) {
  const names = policies.map(({ name }) => h("option", { value: name, selected: name === chosen }, name));
  const select = h("select", { id }, h("option", { value: "" }, nothing), ...names);
  return { select, read: () => select.value || null };
}
