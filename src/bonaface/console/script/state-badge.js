/** Whether an application's keys work, as a badge. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./text.js";

/** @typedef {"active" | "disabled" | "removed"} State */

/**
 * @param {import("./admin-api.js").Application} application
 * @returns {State}
 */
export function stateOf({ state, removedAt }) {
  return removedAt === null ? state : "removed";
}

/** @param {State} state */
export function stateBadge(state) {
  const isActive = state === "active";
  return h("span", { class: `badge ${isActive ? "good" : ""}` }, icon(isActive ? "check" : "none"), t(`applications.state.${state}`));
}
