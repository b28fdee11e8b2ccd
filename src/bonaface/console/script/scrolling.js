/** Tables that may be wider than their place. */

import { h } from "./dom.js";
import { t } from "./text.js";

/**
 * `table` in a place that scrolls sideways. Where there is something to scroll, it says so and is a stop of Tab.
 * @param {HTMLTableElement} table
 */
export function scrolling(table) {
  const place = h("div", { class: "scroll" }, table);
  const hint = h("p", { class: "quiet small scrolls", "aria-hidden": "true", hidden: true }, t("table.scrolls"));
  const look = () => {
    const isWide = place.scrollWidth > place.clientWidth;
    hint.hidden = !isWide;
    place.classList.toggle("more", isWide && place.scrollLeft + place.clientWidth < place.scrollWidth - 1);
    const asked = { tabindex: "0", role: "group", "aria-label": table.caption?.textContent ?? "" };
    for (const [name, value] of Object.entries(asked)) {
      if (isWide) place.setAttribute(name, value);
      else place.removeAttribute(name);
    }
  };
  place.addEventListener("scroll", look);
  new ResizeObserver(look).observe(place);
  return h("div", {}, hint, place);
}
