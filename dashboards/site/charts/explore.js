// One cursor over a plot, moved by mouse, finger or arrow keys.

import { hideTooltip, showTooltip } from "../tooltip.js";

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * `nearest(x, y)` gives the cursor under a point of the plot, or null; `step(cursor, dx, dy)` the one an arrow key leads to;
 * `describe(cursor)` marks it and gives `{ x, y, content }` in the plot's coordinates; `leave()` removes the mark.
 */
export function explore(svg, { nearest, step, describe, leave }) {
  let cursor = null;
  const hide = () => {
    cursor = null;
    leave();
    hideTooltip();
  };
  const show = (next) => {
    if (next === null || next === undefined) return hide();
    cursor = next;
    const { x, y, content } = describe(cursor);
    const box = svg.getBoundingClientRect();
    showTooltip(content, box.left + x, box.top + y);
  };
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    show(nearest(event.clientX - box.left, event.clientY - box.top));
  };
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerdown", follow);
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointercancel", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const arrow = arrows[event.key];
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(step(cursor, ...arrow));
  });
}
