// One tooltip for the page; its words are also announced to screen readers.

import { element } from "./dom.js";

const box = element("div", { class: "tooltip", role: "status", hidden: true });
document.body.append(box);

/**
 * Shows `{ title, lines: [{ colour, label, value }], notes: [text] }` beside a point of the window,
 * on the side where there is room.
 */
export function showTooltip({ title, lines = [], notes = [] }, x, y) {
  box.replaceChildren(
    element("p", { class: "tooltip-title" }, title),
    ...lines.map(({ colour, label, value }) =>
      element("p", { class: "tooltip-line" }, colour && element("i", { class: `swatch ${colour}` }), element("span", {}, label), element("b", {}, value))),
    ...notes.map((note) => element("p", { class: "tooltip-note" }, note)),
  );
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const left = x + 14 + width > room ? x - 14 - width : x + 14;
  box.style.left = `${Math.max(4, Math.min(left, room - width - 4))}px`;
  box.style.top = `${Math.max(4, Math.min(y - height / 2, window.innerHeight - height - 4))}px`;
}

export function hideTooltip() {
  box.hidden = true;
}
