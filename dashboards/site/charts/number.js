// The last complete period in large type, its change against the one before, and the way there.

import { element } from "../dom.js";
import * as format from "../format.js";
import { lastComplete, pointCount, seriesOf } from "../series.js";
import { pointText } from "./frame.js";
import { drawTable } from "./table.js";

const sparkHeight = 46;
/** In a wide tile the sparkline stands beside the words, which need this many pixels. */
const wordsWidth = 224;
const besideWidthMin = 330;

export function drawNumber(host, answer, width) {
  const series = seriesOf(answer);
  if (!series) return drawTable(host, answer);
  for (const line of series.lines) {
    const last = lastComplete(line);
    const block = element("div", { class: "figure" }, series.lines.length > 1 && element("p", { class: "figure-label" }, line.label));
    host.append(block);
    if (last < 0) {
      block.append(element("p", { class: "empty" }, "No complete period yet."));
    } else {
      const { value, withheld, period } = line.points[last];
      block.append(element("div", {},
        element("p", { class: "figure-value" }, pointText(answer, line, line.points[last])),
        element("p", { class: "figure-change" }, changeText(answer, line, last)),
        element("p", { class: "figure-when" }, format.periodName(period, answer.granularity), withheld && value === null && ` · ${answer.withheldExplanation}`),
      ));
    }
    const isBeside = series.lines.length === 1 && width >= besideWidthMin;
    if (isBeside) block.classList.add("beside");
    if (pointCount([line]) > 1) drawSpark(block, line, isBeside ? width - wordsWidth : Math.min(width, block.clientWidth), last);
  }
  return { points: pointCount(series.lines) };
}

/** "▲ 3.2 % above the day before"; percentage points for a rate; plain numbers where the base is zero. */
function changeText(answer, line, last) {
  const before = lastComplete(line, last);
  if (before < 0) return "nothing earlier to compare with";
  const [now, then] = [line.points[last].value, line.points[before].value];
  const unit = answer.granularity;
  const base = before === last - 1 ? `the ${unit} before` : format.periodName(line.points[before].period, unit);
  if (now === null || then === null) return `no comparison with ${base}`;
  if (now === then) return `the same as ${base}`;
  const arrow = now > then ? "▲" : "▼";
  const side = now > then ? "above" : "below";
  if (answer.isRate(line.column)) return `${arrow} ${format.oneDecimal(Math.abs(now - then) * 100)} points ${side} ${base}`;
  if (then === 0) return `${arrow} from 0, ${base}`;
  return `${arrow} ${format.percent(Math.abs(now / then - 1))} ${side} ${base}`;
}

function drawSpark(block, line, width, last) {
  const x = d3.scaleUtc().domain(d3.extent(line.points, (point) => point.period)).range([2, width - 5]);
  const y = d3.scaleLinear().domain([0, d3.max(line.points, (point) => point.value) || 1]).range([sparkHeight - 2, 4]);
  const svg = d3.select(block).append("svg").attr("class", "spark").attr("width", width).attr("height", sparkHeight).attr("aria-hidden", "true");
  const shape = d3.line().x((point) => x(point.period)).y((point) => y(point.value));
  const closed = (point) => point.value !== null && point.complete;
  svg.append("line").attr("class", "baseline").attr("x1", 0).attr("x2", width).attr("y1", sparkHeight - 1.5).attr("y2", sparkHeight - 1.5);
  const group = svg.append("g").attr("class", line.colour);
  group.append("path").attr("class", "area").attr("d", d3.area().defined(closed).x((point) => x(point.period)).y0(y(0)).y1((point) => y(point.value))(line.points));
  group.append("path").attr("class", "line").attr("d", shape.defined(closed)(line.points));
  group.append("path").attr("class", "line open")
    .attr("d", shape.defined((point, index) => point.value !== null && index >= last)(line.points));
  if (last >= 0 && line.points[last].value !== null) {
    group.append("circle").attr("class", "dot").attr("cx", x(line.points[last].period)).attr("cy", y(line.points[last].value)).attr("r", 3);
  }
}
