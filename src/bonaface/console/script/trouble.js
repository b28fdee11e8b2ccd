/** What to show when the admin API did not do what was asked. */

import { Problem } from "./admin-api.js";
import { note } from "./dialog.js";
import { h } from "./dom.js";
import { has, t } from "./text.js";
import { Unreachable } from "./unreachable.js";

/**
 * A note that tells a person what went wrong. Raises `error` again where it is a fault of this page.
 * @param {unknown} error
 */
export function troubleNote(error) {
  if (error instanceof Unreachable) return note("bad", t("code.unreachable"));
  if (!(error instanceof Problem)) throw error;
  const key = `problem.${error.status}`;
  const detail = h("p", { class: "small quiet", lang: "en" }, error.detail);
  return note("bad", h("p", {}, t(has(key) ? key : "problem.other", { status: error.status })), detail);
}
