/** What was found, in words: one sentence, then a table of the faces. */

import { h, s } from "./dom.js";
import { icon } from "./icons.js";
import { scrolling } from "./scrolling.js";
import { count, has, number, t } from "./text.js";

/** @typedef {import("./liveness-api.js").FaceDetail} FaceDetail */

const DIGITS = { minimumFractionDigits: 3, maximumFractionDigits: 3 };

/**
 * The result as elements.
 * @param {FaceDetail[]} faces
 * @param {import("./liveness-api.js").Preset} preset by which they were judged
 * @param {{ width: number, height: number } | null} size of the upright image in pixels, where it is known
 * @param {(index: number | null) => void} pointOut
 */
export function resultOf(faces, preset, size, pointOut) {
  if (faces.length === 0) return [summaryOf(faces, preset)];
  const { threshold } = faces[0];
  const score = threshold !== undefined && hintOf(t("face.scoreHint", { threshold: number(threshold, DIGITS), preset: t(`preset.${preset}`) }));
  return [summaryOf(faces, preset), scrolling(tableOf(faces, size, pointOut)), score, hintOf(t("face.confidenceHint"))].filter(Boolean);
}

/** @param {string} text */
function hintOf(text) {
  return h("p", { class: "quiet small hint" }, text);
}

/**
 * The result in one sentence.
 * @param {FaceDetail[]} faces
 */
export function sentenceOf(faces) {
  if (faces.length === 0) return t("result.none");
  const attacks = faces.filter((face) => face.spoofing).length;
  if (faces.length === 1) return t(attacks ? "result.oneAttack" : "result.oneLive");
  return attacks ? t("result.someAttacks", { attacks, faces: faces.length }) : t("result.allLive", { faces: faces.length });
}

/**
 * @param {FaceDetail[]} faces
 * @param {string} preset
 */
function summaryOf(faces, preset) {
  const kind = faces.length === 0 ? "none" : faces.some((face) => face.spoofing) ? "bad" : "good";
  const under = faces.length === 0 ? t("result.noneHint") : count("result.faces", faces.length);
  const by = h("b", { class: "by" }, t("result.preset", { preset: t(`preset.${preset}`) }));
  const words = h("div", {}, h("strong", {}, sentenceOf(faces)), h("span", { class: "quiet" }, by, " · ", under));
  return h("div", { class: `verdict ${kind}` }, icon(kind), words);
}

/**
 * Score and reasons have columns only where the answer has them.
 * @param {FaceDetail[]} faces
 * @param {{ width: number, height: number } | null} size
 * @param {(index: number | null) => void} pointOut
 */
function tableOf(faces, size, pointOut) {
  const columns = [
    { title: t("face.verdict"), cell: verdictOf },
    faces.some((face) => "livenessScore" in face) && { title: t("face.score"), cell: scoreOf },
    { title: t("face.confidence"), cell: (/** @type {FaceDetail} */ face) => metered(face.confidence) },
    { title: t("face.box"), cell: (/** @type {FaceDetail} */ face) => h("span", { class: "number" }, boxOf(face, size)) },
    faces.some((face) => "reasons" in face) && { title: t("face.reasons"), cell: reasonsOf },
  ].filter((column) => column !== false);
  const heads = [t("face.number"), ...columns.map((column) => column.title)];
  const rows = faces.map((face, index) => {
    const first = h("th", { scope: "row" }, pointer(index, pointOut));
    return h("tr", {}, first, ...columns.map((column) => h("td", {}, column.cell(face))));
  });
  const caption = h("caption", { class: "unseen" }, t("face.caption"));
  const header = h("thead", {}, h("tr", {}, ...heads.map((title) => h("th", { scope: "col" }, title))));
  return h("table", { class: "faces" }, caption, header, h("tbody", {}, ...rows));
}

/**
 * The button that points a face out in the picture.
 * @param {number} index
 * @param {(index: number | null) => void} pointOut
 */
function pointer(index, pointOut) {
  const button = h("button", { type: "button", class: "button little", "aria-pressed": "false" }, String(index + 1));
  button.setAttribute("aria-label", t("face.pointOut", { n: index + 1 }));
  button.addEventListener("click", () => {
    const isPressed = button.getAttribute("aria-pressed") === "true";
    for (const other of button.closest("table").querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!isPressed));
    pointOut(isPressed ? null : index);
  });
  return button;
}

/** @param {FaceDetail} face */
function verdictOf(face) {
  const kind = face.spoofing ? "bad" : "good";
  return h("span", { class: `badge ${kind}` }, icon(kind), t(face.spoofing ? "verdict.attack" : "verdict.live"));
}

/** @param {FaceDetail} face */
function scoreOf(face) {
  return face.livenessScore === undefined ? "–" : metered(face.livenessScore);
}

/** @param {FaceDetail} face */
function reasonsOf(face) {
  const texts = (face.reasons ?? []).map((reason) => (has(`reason.${reason}`) ? t(`reason.${reason}`) : reason));
  return texts.length ? h("span", {}, texts.join(", ")) : "–";
}

/** @param {number} value 0 to 1 */
function metered(value) {
  const bar = s("svg", { class: "meter", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  bar.append(s("rect", { width: value * 100, height: 10 }));
  return h("span", { class: "number" }, bar, number(value, DIGITS));
}

/**
 * Position and size in pixels; in hundredths of the image where its size is not known.
 * @param {FaceDetail} face
 * @param {{ width: number, height: number } | null} size
 */
function boxOf({ bbox }, size) {
  const { width, height } = size ?? { width: 100, height: 100 };
  const [x0, y0, x1, y1] = [bbox.x0 * width, bbox.y0 * height, bbox.x1 * width, bbox.y1 * height].map(Math.round);
  return t(size === null ? "face.percent" : "face.pixels", { width: x1 - x0, height: y1 - y0, x: x0, y: y0 });
}
