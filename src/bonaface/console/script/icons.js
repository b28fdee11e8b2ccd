/** The icons, drawn in the colour of the text around them. They never stand alone: words say the same. */

import { s } from "./dom.js";

const PATHS = {
  camera: "M4 8h3l1.5-2.5h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1ZM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  face: "M4 8.5V6a2 2 0 0 1 2-2h2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M20 15.5V18a2 2 0 0 1-2 2h-2.5M8.5 20H6a2 2 0 0 1-2-2v-2.5M9 9.5v1M15 9.5v1M9 14.5c1.700 1.700 4.300 1.700 6 0",
  file: "M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3M12 16V4M7.5 8.5 12 4l4.5 4.5",
  good: "M12 3l7.5 2.700v5.600c0 4.600-3 7.900-7.5 9.700-4.5-1.800-7.5-5.100-7.5-9.700V5.700L12 3ZM8.700 12l2.400 2.400 4.300-4.600",
  light: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2.5v1.5M12 20v1.5M2.5 12H4M20 12h1.5M5.300 5.300l1 1M17.700 17.700l1 1M5.300 18.700l1-1M17.700 6.300l1-1",
  none: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 12h7",
  plus: "M12 5v14M5 12h14",
  bad: "M12 4 2.800 19.5h18.400L12 4ZM12 10v4.5M12 17v.1",
};

/** The tick and the cross of a verdict, 12 by 12, for the picture. */
export const MARKS = { good: "m1.5 6.5 3.200 3.200 6-7", bad: "m2 2 8 8M10 2l-8 8" };

/**
 * An icon.
 * @param {keyof typeof PATHS} name
 */
export function icon(name) {
  const path = s("path", { d: PATHS[name] });
  const drawn = { fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round" };
  return s("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", "stroke-linejoin": "round", ...drawn }, path);
}
