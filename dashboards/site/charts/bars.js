// A column a period and series. Hollow where the period is still in progress.

import { pointCount, seriesOf } from "../series.js";
import { exploreSeries, frame } from "./frame.js";
import { seriesLegend } from "./legend.js";
import { drawLine } from "./line.js";
import { drawTable } from "./table.js";
import { markWithheld } from "./withheld.js";

const barWidthMin = 2;
const barWidthMax = 48;

/** Groups stand side by side, never stacked: members of two groups overlap, so their sum means nothing. Too many to tell apart become lines. */
export function drawBars(host, answer, width) {
  const series = seriesOf(answer);
  if (!series) return drawTable(host, answer);
  if ((width - 70) / (series.periods.length * series.lines.length) < barWidthMin + 1) return drawLine(host, answer, width);
  host.append(seriesLegend(answer, series));
  const paper = frame(host, width, answer, series, 0.6);
  const { svg, x, y, slot } = paper;
  const gap = slot > 8 ? 0.25 : 0.1;
  const barWidth = Math.max(barWidthMin, Math.min(barWidthMax, (slot * (1 - gap)) / series.lines.length));
  const first = (-barWidth * series.lines.length) / 2;
  series.lines.forEach((line, index) => {
    svg.append("g").attr("class", line.colour).selectAll("rect").data(line.points.filter((point) => point.value !== null)).join("rect")
      .attr("class", (point) => (point.complete ? "bar" : "bar open"))
      .attr("x", (point) => x(point.period) + first + index * barWidth + (barWidth > 4 ? 0.5 : 0))
      .attr("y", (point) => y(point.value))
      .attr("width", barWidth > 4 ? barWidth - 1 : barWidth)
      .attr("height", (point) => y(0) - y(point.value));
  });
  const offset = (line) => first + (series.lines.indexOf(line) + 0.5) * barWidth;
  markWithheld(paper, answer, series, { offset, room: barWidth });
  exploreSeries(paper, answer, series);
  return { points: pointCount(series.lines) };
}
