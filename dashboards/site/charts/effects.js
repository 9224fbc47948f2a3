// How the figures of an experiment are written: shares as percent, their differences in points, digits as the interval allows.

import { element } from "../dom.js";
import * as format from "../format.js";

/** What a text that lacks data begins with. */
export const insufficient = "insufficient-data: ";

/** Digits behind the point so that an interval of this width has two that count. */
const decimalsOf = (width) => Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(width || 1))));

/** Writers of one goal or guardrail: `{ value, range, difference, spread, tick }`, each from numbers to text. */
export function writersOf({ isShare, rows }) {
  const scale = isShare ? 100 : 1;
  const decimals = d3.max([["low", "high"], ["diff_low", "diff_high"]], ([low, high]) => {
    const known = rows.filter((row) => row[low] !== null && row[high] !== null);
    return decimalsOf(d3.median(known, (row) => (row[high] - row[low]) * scale) ?? 1);
  });
  const own = format.fixed(decimals);
  const apart = format.signed(decimals);
  const unit = isShare ? "%" : "";
  const value = (number) => `${own(number * scale)}${unit}`;
  const bare = (number) => apart(number * scale);
  return {
    value,
    range: (low, high) => `${own(low * scale)}–${value(high)}`,
    difference: (number) => `${bare(number)}${isShare ? " points" : ""}`,
    spread: (low, high) => `${bare(low)} to ${bare(high)}`,
    tick: (number, step) => number === 0 ? "0" : format.signed(decimalsOf(step * scale * 10))(number * scale),
  };
}

/** "left-early" as "Left early". */
export const figureTitle = (name) => format.columnTitle(name.replaceAll("-", " "));

/** "A: 76 units, 100 needed; A: 8 events, 25 needed; B: …" as "A has 76 of 100 units, 8 of 25 events; B …". */
export function shortfalls(text) {
  const byArm = new Map();
  for (const part of text.split("; ")) {
    const [, arm = "", what] = /^(?:(.+?): )?(.+)$/.exec(part) ?? [null, "", part];
    byArm.set(arm, [...(byArm.get(arm) ?? []), what.replace(/^(\d+) (.+), (\d+) needed$/, "$1 of $3 $2")]);
  }
  return [...byArm].map(([arm, parts]) => `${arm && `${arm} has `}${parts.join(", ")}`).join("; ");
}

/** What a row says by itself, without the words of the program. */
export function finding({ words }) {
  if (!words?.startsWith(insufficient)) return words ?? "";
  return `not enough data: ${shortfalls(words.slice(insufficient.length))}`;
}

export function pText(p) {
  if (p === null) return "";
  return p < 0.001 ? "p < 0.001" : `p = ${format.fixed(p < 0.1 ? 3 : 2)(p)}`;
}

/** The text of a number, the mark of a withheld one, or a dash. */
export function figureOr(answer, row, number, write) {
  if (number !== null) return write(number);
  if (row.withheld) return element("span", { class: "withheld-mark", title: answer.withheldExplanation, "aria-label": answer.withheldExplanation }, `<${answer.minimum}`);
  return element("span", { class: "none", "aria-label": "no value" }, "–");
}
