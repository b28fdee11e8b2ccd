/** The form for an administrator's token. */

import { Problem } from "./admin-api.js";
import { field, note } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./text.js";
import { troubleNote } from "./trouble.js";

const UNAUTHORIZED = 401;
const NOT_FOUND = 404;
const COMMAND = "bonaface admin token create --name NAME";

/**
 * Whether the server takes the token of `api`; `api` then knows what it may do.
 * @param {import("./admin-api.js").AdminApi} api
 * @returns {Promise<unknown>} null, or the error that says why not
 */
export async function refusalOf(api) {
  try {
    await api.introduce();
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * The sign-in card.
 * @param {unknown} refusal why the last token was not taken, or null
 * @param {(token: string) => void} given
 */
export function signInCard(refusal, given) {
  const token = h("input", { id: "token", type: "password", required: true, autocomplete: "off", spellcheck: "false", class: "mono" });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    given(token.value.trim());
  };
  const form = h("form", { class: "body stack", onsubmit: submit },
    h("h1", {}, t("signIn.title")),
    h("p", { class: "quiet" }, t("signIn.lead")),
    refusal === null ? null : noteFor(refusal),
    field(t("signIn.token"), token, t("signIn.hint")),
    h("button", { class: "button primary" }, t("signIn.signIn")),
    h("p", { class: "small quiet" }, t("signIn.make"), command()));
  return h("section", { class: "card sign-in" }, form);
}

function command() {
  return h("code", { class: "mono command" }, COMMAND);
}

/** @param {unknown} refusal */
function noteFor(refusal) {
  const status = refusal instanceof Problem ? refusal.status : 0;
  if (status === UNAUTHORIZED) return note("bad", t("signIn.wrong"));
  if (status === NOT_FOUND) return note("bad", t("signIn.off"), command());
  return troubleNote(refusal);
}
