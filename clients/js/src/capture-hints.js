/** What an answer says of a frame: where the face is, and what to tell the person. Nothing here draws. */

/** @typedef {import("./answers.js").LivenessAnswer} LivenessAnswer */
/** @typedef {import("./answers.js").FractionRectangle} Rectangle */
/** @typedef {{ cx: number, cy: number, rx: number, ry: number }} Oval in fractions of the picture's width and height */

/**
 * What to show for a frame. `key` is of the server's guidance, or `noFace`, or `ready`.
 * @typedef {object} Hint
 * @property {string} key
 * @property {{ en: string, ko: string } | null} words the server's; null where they are our own
 * @property {Oval} oval
 */

/** Where a face should be, while there is none. */
export const MIDDLE = Object.freeze({ cx: 0.5, cy: 0.5, rx: 0.18, ry: 0.36 });

/** How much an oval is larger than the box that it is around. */
const ROOM = 1.25;

/** Reasons that nobody before a camera can do anything about. */
const NOT_THEIRS = new Set(["send_original", "no_bars"]);

/** Told before all others: a picture in the dark looks blurred, too. */
const LIGHT = new Set(["more_light", "less_light", "face_the_light"]);

/**
 * The hint of an answer about one frame.
 * @param {LivenessAnswer} answer
 * @returns {Hint}
 */
export function hintOf(answer) {
  const face = answer.frames[0]?.faces[0];
  if (face === undefined || answer.person === null) return { key: "noFace", words: null, oval: MIDDLE };
  const oval = ovalAround(face.box.fractions);
  const theirs = answer.person.tell.filter(({ key }) => !NOT_THEIRS.has(key));
  const told = theirs.find(({ key }) => LIGHT.has(key)) ?? theirs[0];
  if (told === undefined) return { key: "ready", words: null, oval };
  return { key: told.key, words: { en: told.en, ko: told.ko }, oval };
}

/**
 * The oval around a box.
 * @param {Rectangle} box
 * @returns {Oval}
 */
export function ovalAround({ x0, y0, x1, y1 }) {
  return { cx: (x0 + x1) / 2, cy: (y0 + y1) / 2, rx: ((x1 - x0) / 2) * ROOM, ry: ((y1 - y0) / 2) * ROOM };
}
