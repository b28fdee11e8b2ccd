/** Making and finding elements. Text goes in as text: nothing here parses HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | null | false} Child */

/**
 * An HTML element. Names in `props` that begin with "on" are listeners; true is an empty attribute, and null,
 * undefined and false are no attribute.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/**
 * An SVG element; as `h`.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...Child} children
 * @returns {any}
 */
export function s(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

/**
 * The element with this id; it is there.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element #${id}`);
  return found;
}

/**
 * Put the focus on what stands where the focused element stood before its panel was drawn anew; not where
 * somebody has gone elsewhere meanwhile.
 * @param {HTMLElement | null} element
 */
export function giveBackFocus(element) {
  if (document.activeElement === document.body) element?.focus();
}

/**
 * `from`, `from + 1`, and so on, `count` numbers.
 * @param {number} count
 * @param {number} [from]
 * @returns {number[]}
 */
export function range(count, from = 0) {
  return Array.from({ length: count }, (_, index) => from + index);
}

/**
 * @param {Element} element
 * @param {Record<string, any>} props
 * @param {Child[]} children
 */
function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}
