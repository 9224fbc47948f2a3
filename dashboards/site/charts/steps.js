// Rates sorted into nine colours. The steps are equal and start at zero, so twice the rate is twice as far along the scale.

import { element } from "../dom.js";
import { percent } from "../format.js";

export const stepCount = 9;
const niceSizes = [0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.075, 0.1, 0.125];

/** The step size under which all but the highest twentieth of `rates` find their own step; a few small, lucky cohorts must not pale the rest. */
export function stepSize(rates) {
  const high = d3.quantile([...rates].sort(d3.ascending), 0.95) ?? 0;
  return niceSizes.find((size) => size * stepCount >= high) ?? 0.125;
}

export const stepOf = (rate, size) => Math.min(stepCount - 1, Math.floor(rate / size + 1e-9));

/** The nine colours with the rate at which each begins. */
export function stepLegend(size) {
  const steps = d3.range(stepCount).map((step) =>
    element("span", { class: "step" }, element("i", { class: `step-${step}` }), element("span", {}, step % 2 === 0 ? percent(step * size) : "")));
  return element("li", { class: "steps", "aria-hidden": "true" }, steps, element("span", { class: "beyond" }, "and more"));
}
