/**
 * The hint of an answer about one frame.
 * @param {LivenessAnswer} answer
 * @returns {Hint}
 */
export function hintOf(answer: LivenessAnswer): Hint;
/**
 * The oval around a box.
 * @param {Rectangle} box
 * @returns {Oval}
 */
export function ovalAround({ x0, y0, x1, y1 }: Rectangle): Oval;
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
export const MIDDLE: Readonly<{
    cx: 0.5;
    cy: 0.5;
    rx: 0.18;
    ry: 0.36;
}>;
export type LivenessAnswer = import("./answers.js").LivenessAnswer;
export type Rectangle = import("./answers.js").FractionRectangle;
/**
 * in fractions of the picture's width and height
 */
export type Oval = {
    cx: number;
    cy: number;
    rx: number;
    ry: number;
};
/**
 * What to show for a frame. `key` is of the server's guidance, or `noFace`, or `ready`.
 */
export type Hint = {
    key: string;
    /**
     * the server's; null where they are our own
     */
    words: {
        en: string;
        ko: string;
    } | null;
    oval: Oval;
};
