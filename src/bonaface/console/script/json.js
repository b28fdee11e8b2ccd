/** JSON set out for reading, token by token, so that every number and string stays as it was sent. */

import { h } from "./dom.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;
const INDENT = "  ";

/** @typedef {{ text: string, kind: "" | "key" | "text" | "num" | "word" }} Piece */

/**
 * The pieces of `text` with line breaks and indents between them; `text` itself where it is not JSON.
 * @param {string} text
 * @returns {Piece[]}
 */
export function setOut(text) {
  try {
    JSON.parse(text);
  } catch {
    return [{ text, kind: "" }];
  }
  const tokens = text.match(TOKEN) ?? [];
  const pieces = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (isClosing(token)) {
      depth -= 1;
      if (!isOpening(tokens[index - 1])) pieces.push(lineBreak(depth));
    }
    pieces.push({ text: token, kind: kindOf(token, tokens[index + 1]) });
    if (isOpening(token)) depth += 1;
    if (token === ":") pieces.push({ text: " ", kind: "" });
    if (token === "," || (isOpening(token) && !isClosing(tokens[index + 1]))) pieces.push(lineBreak(depth));
  }
  return pieces;
}

/**
 * The same as elements.
 * @param {string} text
 */
export function highlighted(text) {
  return setOut(text).map((piece) => (piece.kind ? h("span", { class: piece.kind }, piece.text) : piece.text));
}

/** @param {string} token */
function isOpening(token) {
  return token === "{" || token === "[";
}

/** @param {string} token */
function isClosing(token) {
  return token === "}" || token === "]";
}

/**
 * @param {number} depth
 * @returns {Piece}
 */
function lineBreak(depth) {
  return { text: `\n${INDENT.repeat(depth)}`, kind: "" };
}

/**
 * @param {string} token
 * @param {string} following
 * @returns {Piece["kind"]}
 */
function kindOf(token, following) {
  if (token.startsWith('"')) return following === ":" ? "key" : "text";
  if (/^[-\d]/.test(token)) return "num";
  return /^[tfn]/.test(token) ? "word" : "";
}
