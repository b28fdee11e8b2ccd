/** Tabs as the ARIA authoring practices have them: arrow keys move, one tab stop. */

import { h } from "./dom.js";

/**
 * Fill `list` with tabs and show the panel of the one that is chosen.
 * @param {HTMLElement} list
 * @param {{ name: string, title: string, panel: HTMLElement }[]} tabs
 * @param {string} label
 * @param {(name: string) => void} chosen
 */
export function openTabs(list, tabs, label, chosen) {
  const buttons = tabs.map(({ name, title, panel }) => {
    panel.id = `panel-${name}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    const props = { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": panel.id };
    return h("button", { ...props, onclick: () => choose(name) }, title);
  });
  const choose = (/** @type {string} */ name) => {
    for (const [index, tab] of tabs.entries()) {
      const isIt = tab.name === name;
      tab.panel.hidden = !isIt;
      buttons[index].setAttribute("aria-selected", String(isIt));
      buttons[index].tabIndex = isIt ? 0 : -1;
    }
    chosen(name);
  };
  list.replaceChildren(h("div", { class: "tabs", role: "tablist", "aria-label": label, onkeydown: move }, ...buttons));
  choose(tabs[0].name);

  /** @param {KeyboardEvent} event */
  function move(event) {
    const last = tabs.length - 1;
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to].focus();
    choose(tabs[to].name);
  }
}
