// What the marks of a chart mean, and where each line stands now.

import { element } from "../dom.js";
import * as format from "../format.js";
import { lastComplete } from "../series.js";
import { pointText } from "./frame.js";

/** A line's swatch, name and last complete value; then the marks that occur. */
export function seriesLegend(answer, { lines }) {
  const named = lines.filter((line) => line.colour !== "series-rest");
  const rest = lines.length - named.length;
  const entries = named.map((line) => {
    const last = lastComplete(line);
    const value = last < 0 ? null : pointText(answer, line, line.points[last]);
    return element("li", {}, element("i", { class: `swatch ${line.colour}` }), element("span", {}, line.label), value && element("b", {}, value));
  });
  if (rest > 0) entries.push(element("li", {}, element("i", { class: "swatch series-rest" }), `${rest} smaller`));
  const ends = named.map((line) => lastComplete(line)).filter((index) => index >= 0);
  if (ends.length > 0) {
    const period = named[0].points[Math.max(...ends)].period;
    entries.push(element("li", { class: "when" }, format.periodName(period, answer.granularity)));
  }
  if (lines.some((line) => line.points.some((point) => !point.complete))) entries.push(openKey("still in progress"));
  if (lines.some((line) => line.points.some((point) => point.withheld))) entries.push(withheldKey(answer));
  return element("ul", { class: "legend" }, entries);
}

export const openKey = (text) => element("li", { class: "mark" }, element("i", { class: "swatch-open" }), text);

export const withheldKey = (answer) =>
  element("li", { class: "mark" }, element("span", { class: "withheld-mark", "aria-hidden": "true" }, `<${answer.minimum}`), `or × ${answer.withheldExplanation}`);
