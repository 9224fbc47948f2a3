// One figure of an experiment by arm: what the arm has, how far it is from the control, and what that says.
//
//   12:30   12.1%  ■                                           ■ on the line of no difference
//   20:20   14.2%  │      ├──●──┤       +2.1 points  higher    the interval of the difference
//   none     0.0%  ◀                    −12.1 points           beyond the scale: the arms that are compared set it

import { element } from "../dom.js";
import { figureOr, figureTitle, finding, pText, writersOf } from "./effects.js";

const rowHeight = 30;
const axisHeight = 20;
const side = 14;

/** A table of one goal or guardrail; gives how many intervals it drew. `shipped` is the arm that won. */
export function drawForest(host, answer, figure, { experiment, shipped = null, isMuted = false }) {
  const write = writersOf(figure);
  const title = figureTitle(figure.name);
  const scale = scaleOf(figure);
  const plots = [];
  const plotCell = (row) => {
    const cell = element("div", { class: "effect-plot", "aria-hidden": "true" });
    if (scale) plots.push({ cell, row });
    return cell;
  };
  const body = figure.rows.map((row) => element("div", { class: rowClass(row, shipped), role: "row" },
    element("div", { class: "effect-arm", role: "rowheader" }, row.arm, roleOf(row)),
    element("div", { class: "effect-value", role: "cell" }, figureOr(answer, row, row.value, write.value),
      row.low !== null && row.high !== null && element("span", { class: "quiet" }, ` ${write.range(row.low, row.high)}`)),
    plotCell(row),
    element("div", { class: "effect-difference", role: "cell" }, !row.isControl && [figureOr(answer, row, row.difference, write.difference),
      row.diff_low !== null && element("span", { class: "quiet" }, ` ${write.spread(row.diff_low, row.diff_high)}`)]),
    element("div", { class: `effect-finding ${figure.margin === undefined ? "" : guardClass(row)}`, role: "cell" }, finding(row),
      row.p !== null && figure.margin === undefined && element("span", { class: "quiet" }, ` ${pText(row.p_adjusted ?? row.p)}`))));
  const head = element("div", { class: "effect-row effect-head", role: "row" },
    ...["Arm", title].map((text) => element("div", { role: "columnheader" }, text)),
    element("div", { role: "columnheader", class: "effect-span" }, `Difference from ${experiment.control}`),
    element("div", { role: "columnheader", class: "sr" }, "Finding"));
  const axis = plotCell(null);
  const table = element("div", { class: `effects${isMuted ? " muted" : ""}${scale ? "" : " plotless"}`, role: "table", "aria-label": `${answer.tile.title}: ${title} by arm` },
    head, body, scale && element("div", { class: "effect-row effect-axis", "aria-hidden": "true" }, element("div"), element("div"), axis));
  host.append(table);
  for (const { cell, row } of plots) drawPlot(cell, row, figure, scale, write);
  return figure.rows.filter((row) => row.difference !== null).length;
}

export const roleOf = ({ isControl, isHoldout }) => (isControl || isHoldout) && element("span", { class: "quiet" }, isControl ? " control" : " holdout");

const rowClass = (row, shipped) => ["effect-row", row.isControl && "control", row.isHoldout && "holdout", row.arm === shipped && "shipped"].filter(Boolean).join(" ");

function guardClass({ words }) {
  if (!words) return "";
  if (words.startsWith("harmed")) return "harmed";
  if (words.startsWith("open")) return "open-guard";
  return words === "inside the margin" ? "inside" : "";
}

/** The margin as a signed difference: harm is a rise or a fall. */
const marginOf = ({ margin, harm }) => (margin === undefined ? null : harm === "increase" ? margin : -margin);

/** The arms that are compared set the scale; a holdout far off would squeeze them. Null where nothing is compared. */
function scaleOf(figure) {
  const known = figure.rows.filter((row) => row.diff_low !== null && row.diff_high !== null);
  const compared = known.filter((row) => !row.isHoldout);
  const ends = (compared.length > 0 ? compared : known).flatMap((row) => [row.diff_low, row.diff_high]);
  if (ends.length === 0) return null;
  const [low, high] = d3.extent([...ends, 0, marginOf(figure) ?? 0]);
  const room = (high - low || 1) * 0.04;
  return d3.scaleLinear().domain([low - room, high + room]);
}

function drawPlot(cell, row, figure, scale, write) {
  const width = cell.clientWidth;
  if (width <= 0) return;
  const x = scale.copy().range([side, width - side]);
  const height = row ? rowHeight : axisHeight;
  const svg = d3.select(cell).append("svg").attr("width", width).attr("height", height);
  if (!row) return drawAxis(svg, x, width, write);
  const margin = marginOf(figure);
  if (margin !== null) {
    const [from, to] = margin > 0 ? [x(margin), width] : [0, x(margin)];
    svg.append("rect").attr("class", "beyond-margin").attr("x", from).attr("width", Math.max(0, to - from)).attr("height", height);
    svg.append("line").attr("class", "margin-line").attr("x1", x(margin)).attr("x2", x(margin)).attr("y2", height);
  }
  svg.append("line").attr("class", "zero").attr("x1", Math.round(x(0)) + 0.5).attr("x2", Math.round(x(0)) + 0.5).attr("y2", height);
  const y = height / 2;
  if (row.isControl) {
    svg.append("rect").attr("class", "control-mark").attr("x", x(0) - 4).attr("y", y - 4).attr("width", 8).attr("height", 8);
  } else if (row.difference !== null) {
    drawInterval(svg.append("g").attr("class", `interval ${toneOf(row, figure)}`), row, x, y, width);
  }
}

/** Colour says what is shown to be so, not what seems to be. */
function toneOf(row, figure) {
  if (figure.margin !== undefined) return guardClass(row) === "harmed" ? "worse" : "neutral";
  if (row.words === "higher") return "better";
  return row.words === "lower" ? "worse" : "neutral";
}

function drawInterval(group, row, x, y, width) {
  const clamp = (value) => Math.max(2, Math.min(width - 2, x(value)));
  const [low, at, high] = [row.diff_low ?? row.difference, row.difference, row.diff_high ?? row.difference].map(clamp);
  if (x(row.difference) < 2 || x(row.difference) > width - 2) {
    const isLeft = x(row.difference) < 2;
    group.append("path").attr("class", "beyond").attr("d", isLeft ? `M12,${y - 5}L3,${y}L12,${y + 5}Z` : `M${width - 12},${y - 5}L${width - 3},${y}L${width - 12},${y + 5}Z`);
    return;
  }
  group.append("line").attr("x1", low).attr("x2", high).attr("y1", y).attr("y2", y);
  for (const end of [low, high]) group.append("line").attr("x1", end).attr("x2", end).attr("y1", y - 4).attr("y2", y + 4);
  group.append("circle").attr("cx", at).attr("cy", y).attr("r", 4.5);
}

function drawAxis(svg, x, width, write) {
  const ticks = x.ticks(Math.max(2, Math.min(7, Math.floor(width / 90))));
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const group = svg.append("g").selectAll("g").data(ticks).join("g").attr("transform", (tick) => `translate(${Math.round(x(tick)) + 0.5},0)`);
  svg.append("line").attr("class", "baseline").attr("x2", width).attr("y1", 0.5).attr("y2", 0.5);
  group.append("line").attr("class", "baseline").attr("y2", 4);
  group.append("text").attr("class", "tick").attr("y", 16).attr("text-anchor", "middle").text((tick) => write.tick(tick, step));
}
