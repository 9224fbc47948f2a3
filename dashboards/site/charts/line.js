// A line a series. Solid where the period is complete, dashed to a hollow end where it is not, broken where there is no value.

import { colourCountMax, pointCount, seriesOf } from "../series.js";
import { exploreSeries, frame } from "./frame.js";
import { seriesLegend } from "./legend.js";
import { drawTable } from "./table.js";
import { markWithheld } from "./withheld.js";

/** Closer than this many pixels and dots would hide the line they stand on. */
const dotSpacingMin = 24;

export function drawLine(host, answer, width) {
  const series = seriesOf(answer);
  if (!series) return drawTable(host, answer);
  host.append(seriesLegend(answer, series));
  const paper = frame(host, width, answer, series, 0);
  const { svg, x, y, slot } = paper;
  const hasValue = (point) => point.value !== null;
  const shape = d3.line().x((point) => x(point.period)).y((point) => y(point.value));

  if (series.lines.length === 1) {
    const fill = d3.area().defined(hasValue).x((point) => x(point.period)).y0(y(0)).y1((point) => y(point.value));
    svg.append("path").attr("class", `area ${series.lines[0].colour}`).attr("d", fill(series.lines[0].points));
  }
  for (const line of [...series.lines].reverse()) {
    const group = svg.append("g").attr("class", line.colour);
    const touchesOpen = (point, index, points) => [-1, 0, 1].some((offset) => points[index + offset]?.complete === false);
    group.append("path").attr("class", "line").attr("d", shape.defined((point) => hasValue(point) && point.complete)(line.points));
    if (line.points.some((point) => !point.complete)) {
      group.append("path").attr("class", "line open").attr("d", shape.defined((point, index, points) => hasValue(point) && touchesOpen(point, index, points))(line.points));
    }
    const last = line.points.length - 1;
    const dotted = line.points.filter((point, index) => hasValue(point) && (!point.complete || index === last || (slot >= dotSpacingMin && series.lines.length <= colourCountMax)));
    group.selectAll("circle").data(dotted).join("circle").attr("class", (point) => (point.complete ? "dot" : "dot open"))
      .attr("cx", (point) => x(point.period)).attr("cy", (point) => y(point.value)).attr("r", slot < 5 ? 2 : 3);
  }
  markWithheld(paper, answer, series);
  exploreSeries(paper, answer, series);
  return { points: pointCount(series.lines) };
}
