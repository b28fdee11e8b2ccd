/** Calls of the routes that judge an image and of the preview, with what the server said, byte for byte. */

import { ROUTES } from "./routes.js";
import { SERVER } from "./server.js";
import { Unreachable } from "./unreachable.js";

/** @typedef {import("./session.js").Keys} Keys */
/** @typedef {"weak" | "balanced" | "strict"} Preset */
/** @typedef {{ name: string, blob: Blob | null, url: string | null, isPhoto: boolean }} Source what to analyse: a file, or an address */
/** @typedef {{ type: string, x: number, y: number }} Landmark */
/** @typedef {{ bbox: { x0: number, y0: number, x1: number, y1: number }, landmarks: Landmark[], spoofing: boolean, confidence: number, livenessScore?: number, threshold?: number, reasons?: string[] }} FaceDetail */

/**
 * What came back. `faces` is null on a failure; `code` is null where the answer tells none.
 * @typedef {object} Answer
 * @property {number} status HTTP status
 * @property {string} text the body
 * @property {number} milliseconds from sending to the last byte
 * @property {string | null} detail the server's sentence for the developer
 * @property {string | null} retryAfter seconds to wait
 * @property {number | string | null} code
 * @property {string} message
 * @property {FaceDetail[] | null} faces
 */

/**
 * Have an image analysed.
 * @param {Keys} keys
 * @param {Source} source
 * @param {Preset} preset
 * @param {import("./routes.js").RouteName} name
 * @returns {Promise<Answer>}
 */
export async function analyze(keys, source, preset, name) {
  const route = ROUTES[name];
  const chosen = { [route.preset]: preset };
  const body = source.blob !== null && source.url === null ? formOf(source, chosen) : jsonOf(source, chosen);
  const headers = route.headersOf(keys);
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  const begun = performance.now();
  const response = await send(route.pathOf(keys), { method: "POST", headers, body });
  return answerOf(response, begun, (found) => ({ code: route.codeOf(found), faces: route.facesOf(found, preset) }));
}

/**
 * The image at an address, through the server, which may fetch it while this page may not.
 * @param {Keys} keys
 * @param {string} url
 * @returns {Promise<Blob | Answer>}
 */
export async function preview(keys, url) {
  const headers = { Authorization: keys.secretKey, "X-App-Key": keys.appKey, "Content-Type": "application/json" };
  const begun = performance.now();
  const response = await send("/console/preview", { method: "POST", headers, body: JSON.stringify({ url }) });
  const isImage = response.headers.get("content-type")?.startsWith("image/") ?? false;
  return isImage ? response.blob() : answerOf(response, begun, (found) => ({ code: ROUTES.v1.codeOf(found), faces: null }));
}

/**
 * The JSON body for an address.
 * @param {Source} source
 * @param {Record<string, string>} chosen the preset, by its name
 */
function jsonOf(source, chosen) {
  return JSON.stringify({ image: { url: source.url }, ...chosen });
}

/**
 * @param {Source} source
 * @param {Record<string, string>} chosen the preset, by its name
 */
function formOf(source, chosen) {
  const form = new FormData();
  form.append("imageFile", /** @type {Blob} */ (source.blob), source.name);
  for (const [name, value] of Object.entries(chosen)) form.append(name, value);
  return form;
}

/**
 * @param {string} path
 * @param {RequestInit} request
 */
async function send(path, request) {
  try {
    return await fetch(SERVER + path, { ...request, cache: "no-store", credentials: "omit" });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/**
 * @param {Response} response
 * @param {number} begun
 * @param {(body: any) => Pick<Answer, "code" | "faces">} read
 * @returns {Promise<Answer>}
 */
async function answerOf(response, begun, read) {
  const text = await response.text();
  const milliseconds = performance.now() - begun;
  const body = parsed(text);
  return {
    status: response.status,
    text,
    milliseconds,
    detail: response.headers.get("x-error-detail") ?? body?.detail ?? null,
    retryAfter: response.headers.get("retry-after"),
    message: body?.header?.resultMessage ?? body?.title ?? response.statusText,
    ...read(body),
  };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
