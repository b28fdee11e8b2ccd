/** Boxes, landmarks and verdicts drawn over the picture. A table beside it says the same in words. */

import { s } from "./dom.js";
import { MARKS } from "./icons.js";
import { t } from "./text.js";

/** @typedef {import("./liveness-api.js").FaceDetail} FaceDetail */
/** @typedef {{ x: number, y: number, width: number, height: number }} Rectangle pixels on the screen */

const POINT = 3;
const PLATE = 24;
const PADDING = 7;
const MARK = 12;
const GAP = 3;
/** Of more faces than these, one whose box is narrower is told by its mark and number alone. */
const FEW = 3;
const ROOM_FOR_WORDS = 90;

/**
 * Draw `faces` into `svg`, which lies over a picture of the same size.
 * @param {SVGSVGElement} svg
 * @param {FaceDetail[]} faces
 * @param {number | null} chosen the face to point out
 * @param {boolean} isStale whether the verdicts are out of date, which each says then
 */
export function drawFaces(svg, faces, chosen, isStale) {
  const { width, height } = svg.getBoundingClientRect();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  for (const [index, face] of [...faces.entries()].reverse()) {
    const isFaint = chosen !== null && chosen !== index;
    const group = s("g", { class: `face ${face.spoofing ? "bad" : "good"}${isFaint ? " faint" : ""}` });
    svg.append(group);
    const box = rectangleOf(face, width, height);
    drawBox(group, face, box, width, height);
    const isCrowded = faces.length > FEW && box.width < ROOM_FOR_WORDS;
    drawPlate(group, face, isCrowded ? String(index + 1) : words(face, isStale), box, width);
  }
}

/**
 * @param {SVGGElement} group
 * @param {FaceDetail} face
 * @param {Rectangle} box
 * @param {number} width
 * @param {number} height
 */
function drawBox(group, face, box, width, height) {
  group.append(s("rect", { class: "halo", rx: 4, ...box }), s("rect", { class: "box", rx: 4, ...box }));
  for (const point of face.landmarks) {
    group.append(s("circle", { class: "point", cx: point.x * width, cy: point.y * height, r: POINT }));
  }
}

/**
 * @param {FaceDetail} face
 * @param {number} width
 * @param {number} height
 * @returns {Rectangle}
 */
function rectangleOf({ bbox }, width, height) {
  return {
    x: bbox.x0 * width,
    y: bbox.y0 * height,
    width: (bbox.x1 - bbox.x0) * width,
    height: (bbox.y1 - bbox.y0) * height,
  };
}

/**
 * The verdict in a mark and words, above the box, or inside it at the picture's upper edge.
 * @param {SVGGElement} group
 * @param {FaceDetail} face
 * @param {string} text
 * @param {Rectangle} box
 * @param {number} width
 */
function drawPlate(group, face, text, box, width) {
  const label = s("text", { class: "label", y: PLATE / 2, "dominant-baseline": "central" }, text);
  const mark = s("path", { class: "mark", d: MARKS[face.spoofing ? "bad" : "good"] });
  const plate = s("rect", { class: "plate", height: PLATE, rx: 4 });
  const whole = s("g", {}, plate, mark, label);
  group.append(whole);
  label.setAttribute("x", String(PADDING + MARK + PADDING));
  mark.setAttribute("transform", `translate(${PADDING} ${(PLATE - MARK) / 2})`);
  const long = label.getComputedTextLength() + MARK + 3 * PADDING;
  plate.setAttribute("width", String(long));
  const x = Math.max(0, Math.min(box.x, width - long));
  const above = box.y - PLATE - GAP;
  whole.setAttribute("transform", `translate(${x} ${above < 0 ? box.y + GAP : above})`);
}

/**
 * The verdict alone: a number beside it would be read as a liveness score.
 * @param {FaceDetail} face
 * @param {boolean} isStale
 */
function words(face, isStale) {
  const verdict = t(face.spoofing ? "verdict.attack" : "verdict.live");
  return isStale ? t("stale.verdict", { verdict }) : verdict;
}
