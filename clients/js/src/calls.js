/** Requests and what their answers mean; nothing here sends any. */

import { refused, STATUSES, UnexpectedAnswerError } from "./errors.js";
import { retryAfter } from "./retry.js";

/** @typedef {import("./answers.js").CaptureTokenAnswer} CaptureTokenAnswer */
/** @typedef {import("./answers.js").FeedbackAnswer} FeedbackAnswer */
/** @typedef {import("./answers.js").LivenessAnswer & { readonly raw: string }} LivenessAnswer with the text as it came */
/** @typedef {import("./answers.js").SpoofingData} SpoofingData */
/** @typedef {import("./images.js").Part} Part */
/** @typedef {import("./errors.js").BonafaceClientError} BonafaceClientError */
/** @typedef {{ appKey: string, secretKey: string }} Keys */
/** @typedef {{ token: string }} Shown a capture token */
/** @typedef {{ status: number, ok: boolean, statusText: string, headers: Headers, text: string }} Reply an answer, read */

/**
 * A POST. `body` is what fetch takes; `read` makes the result of the answer.
 * @template T
 * @typedef {{ path: string, headers: Record<string, string>, body: string | FormData, read: (reply: Reply) => T }} Call
 */

/**
 * The base URL without a slash at its end.
 * @param {string} baseUrl
 */
export function checkedUrl(baseUrl) {
  const given = String(baseUrl);
  const url = URL.canParse?.(given) === false ? null : tryUrl(given);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  if (!isPlain || /[?#]/.test(given)) {
    throw new TypeError("Give a base URL of http or https with a host, and a prefix if there is one; no name, no query.");
  }
  return given.replace(/\/+$/, "");
}

/** @param {string} given */
function tryUrl(given) {
  try {
    return new URL(given);
  } catch {
    return null;
  }
}

/**
 * What was shown, if it can be sent in a header.
 * @template {Keys | Shown} C
 * @param {C} credentials
 * @returns {C}
 */
export function checkedCredentials(credentials) {
  if (!Object.values(credentials).every((key) => typeof key === "string" && /^[\x21-\x7e]+$/.test(key))) {
    throw new TypeError("Give the appKey and the secretKey, or the capture token, as the service shows them.");
  }
  return credentials;
}

/**
 * v1.0.
 * @param {Keys} keys
 * @param {string | Part[]} source an address, which goes as JSON, or a file, which goes as a form
 * @param {string | undefined} condition
 * @returns {Call<SpoofingData>}
 */
export function spoofing(keys, source, condition) {
  const path = `/v1.0/appkeys/${encodeURIComponent(keys.appKey)}/spoofing`;
  return call(path, { Authorization: keys.secretKey }, source, { spoofingCondition: condition }, readSpoofing);
}

/**
 * v2.
 * @param {Keys | Shown} credentials
 * @param {string | Part[]} source as of v1.0, or several files
 * @param {Record<string, string | boolean | undefined>} options
 * @returns {Call<LivenessAnswer>}
 */
export function liveness(credentials, source, options) {
  return call("/v2/liveness", headersOf(credentials), source, options, readLiveness);
}

/**
 * v2: a capture token.
 * @param {Keys} keys
 * @param {{ uses?: number, lifetime?: number }} asked
 * @returns {Call<CaptureTokenAnswer>}
 */
export function token(keys, asked) {
  const headers = { ...headersOf(keys), "Content-Type": "application/json" };
  return { path: "/v2/tokens", headers, body: JSON.stringify(asked), read: readV2 };
}

/**
 * v2: what an answer was about really.
 * @param {Keys} keys
 * @param {{ signature: string, presentation: string, attackKind?: string, face?: number, correct?: boolean }} report
 * @returns {Call<FeedbackAnswer>}
 */
export function feedback(keys, report) {
  const headers = { ...headersOf(keys), "Content-Type": "application/json" };
  return { path: "/v2/feedback", headers, body: JSON.stringify(report), read: readV2 };
}

/**
 * @param {Keys | Shown} credentials
 * @returns {Record<string, string>}
 */
function headersOf(credentials) {
  if ("token" in credentials) return { Authorization: `Bearer ${credentials.token}` };
  return { "X-App-Key": credentials.appKey, Authorization: `Bearer ${credentials.secretKey}` };
}

/**
 * @template T
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {string | Part[]} source
 * @param {Record<string, string | boolean | undefined>} options
 * @param {(reply: Reply) => T} read
 * @returns {Call<T>}
 */
function call(path, headers, source, options, read) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  if (typeof source === "string") {
    const body = JSON.stringify({ image: { url: source }, ...Object.fromEntries(given) });
    return { path, headers: { ...headers, "Content-Type": "application/json" }, body, read };
  }
  const body = new FormData();
  for (const [name, file, fileName] of source) body.append(name, file, fileName);
  for (const [name, value] of given) body.append(name, String(value));
  return { path, headers, body, read };
}

/**
 * The faces. Throws the error of a refusal, or UnexpectedAnswerError.
 * @param {Reply} reply
 * @returns {SpoofingData}
 */
export function readSpoofing(reply) {
  const { header, data } = parsed(reply.text) ?? {};
  if (typeof header?.isSuccessful !== "boolean") throw strange(reply);
  if (!header.isSuccessful) throw refusalOf(reply, header.resultCode, header.resultMessage);
  if (!Array.isArray(data?.faceDetails)) throw strange(reply);
  return data;
}

/**
 * The answer, with the text that it came as under `raw`. Throws as `readV2`.
 * @param {Reply} reply
 * @returns {LivenessAnswer}
 */
export function readLiveness(reply) {
  const answer = readV2(reply);
  if (!Array.isArray(answer.frames)) throw strange(reply);
  return Object.defineProperty(answer, "raw", { value: reply.text });
}

/**
 * What a success holds. Throws the error of a refusal, or UnexpectedAnswerError.
 * @param {Reply} reply
 * @returns {any}
 */
function readV2(reply) {
  const found = parsed(reply.text);
  if (found === null) throw strange(reply);
  if (reply.ok) return found;
  if (typeof found.code !== "string") throw strange(reply);
  throw refusalOf(reply, found.code, String(found.title), String(found.detail ?? ""));
}

/**
 * @param {Reply} reply
 * @param {number | string} code
 * @param {string} title
 * @param {string} [detail]
 */
function refusalOf(reply, code, title, detail) {
  return refused({
    code,
    title,
    detail: detail ?? reply.headers.get("x-error-detail") ?? "",
    status: reply.status,
    requestId: reply.headers.get("x-request-id"),
    retryAfter: retryAfter(reply.headers.get("retry-after")),
  });
}

/**
 * The error of an answer that is not the service's; a proxy's 429 or 503 is as good as its own.
 * @param {Reply} reply
 * @returns {BonafaceClientError}
 */
function strange(reply) {
  if (STATUSES.has(reply.status)) return refusalOf(reply, reply.status, reply.statusText);
  return new UnexpectedAnswerError(reply.status);
}

/**
 * The object that a text is in JSON; null for anything else.
 * @param {string} text
 * @returns {any}
 */
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}
