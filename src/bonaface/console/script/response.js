/** What the server answered: status, code, time, and the body as it came. */

import { h } from "./dom.js";
import { highlighted } from "./json.js";
import { has, milliseconds, t } from "./text.js";

/** @typedef {import("./liveness-api.js").Answer} Answer */

const UNAVAILABLE = 503;

/**
 * The answer as elements.
 * @param {Answer} answer
 */
export function responseOf(answer) {
  const body = h("pre", { class: "code answer", id: "answer", tabindex: 0, role: "region", "aria-label": t("response.body") });
  body.append(h("code", {}, ...highlighted(answer.text)));
  return [factsOf(answer), body];
}

/**
 * What a failure means and what to do, for a person.
 * @param {Answer} answer
 */
export function sentenceFor(answer) {
  if (answer.status === UNAVAILABLE) return t("code.503", { seconds: answer.retryAfter ?? 1 });
  const key = `code${answer.code}`; // of v2, the code of v1.0 that means the same
  return has(key) ? t(key, { seconds: answer.retryAfter ?? 1 }) : t("code.unknown", { status: answer.status });
}

/** @param {Answer} answer */
function factsOf(answer) {
  const facts = [
    [t("response.status"), String(answer.status)],
    answer.code !== null && [t("response.code"), `${answer.code} ${answer.message}`],
    [t("response.time"), milliseconds(answer.milliseconds)],
  ].filter((fact) => fact !== false);
  return h("dl", { class: "facts" }, ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}
