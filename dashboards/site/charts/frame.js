// Paper for a time series: a y axis from zero, ticks at the starts of periods, weekends shaded.

import * as format from "../format.js";
import { explore } from "./explore.js";

/** Pixels between the labels of neighbouring ticks: days are written longer than months. */
const labelGap = { day: 56, month: 38 };
const dayMilliseconds = 86_400_000;
const shadedDayCountMax = 130;

/**
 * Appends an `<svg>` to `host` and gives `{ svg, x, y, left, right, top, bottom, slot }`; `slot` is the width of one period in pixels.
 * `inset` keeps that part of a period free at both ends, for marks that have a width.
 */
export function frame(host, width, answer, { periods, lines }, inset) {
  const height = width > 760 ? 280 : width > 420 ? 230 : 200;
  const highest = d3.max(lines, (line) => d3.max(line.points, (point) => point.value)) || 1;
  const rates = lines.every((line) => answer.isRate(line.column));
  const whole = lines.every((line) => answer.columns[answer.indices.get(line.column)].type === "int");
  const y = d3.scaleLinear().domain([0, highest]).nice(4);
  const ticks = y.ticks(4).filter((tick) => !whole || Number.isInteger(tick));
  const write = rates ? format.percent : highest >= 10_000 ? format.compact : whole ? format.integer : format.decimal;
  const widest = d3.max(ticks, (tick) => write(tick).length) ?? 1;
  const edges = { left: Math.ceil(widest * 7 + 10), right: width - 22, top: 10, bottom: height - 24 };
  y.range([edges.bottom, edges.top]);

  const smallest = d3.min(d3.pairs(periods), ([before, after]) => after - before) ?? dayMilliseconds;
  const room = periods.length > 1 ? inset * smallest : smallest;
  const x = d3.scaleUtc().domain([+periods[0] - room, +periods[periods.length - 1] + room]).range([edges.left, edges.right]);
  const slot = x(+periods[0] + smallest) - x(periods[0]);

  const svg = d3.select(host).append("svg").attr("width", width).attr("height", height).attr("class", "plot");
  if (answer.granularity === "day" && periods.length <= shadedDayCountMax) shadeWeekends(svg, periods, x, slot, edges);
  const grid = svg.append("g").attr("class", "grid").selectAll("g").data(ticks).join("g").attr("transform", (tick) => `translate(0,${Math.round(y(tick)) + 0.5})`);
  grid.append("line").attr("class", (tick) => (tick === 0 ? "baseline" : "rule")).attr("x1", edges.left).attr("x2", edges.right);
  grid.append("text").attr("class", "tick").attr("x", edges.left - 8).attr("dy", "0.32em").attr("text-anchor", "end").text(write);
  const days = svg.append("g").attr("class", "days").selectAll("g").data(periodTicks(periods, answer.granularity, x)).join("g")
    .attr("transform", (tick) => `translate(${Math.round(x(tick.period)) + 0.5},${edges.bottom})`);
  days.append("line").attr("class", "baseline").attr("y2", 4);
  days.append("text").attr("class", "tick").attr("y", 17).attr("text-anchor", "middle").text((tick) => tick.label);
  return { svg, x, y, slot, ...edges };
}

/** Community life has a week; shading shows it without a word on the axis. */
function shadeWeekends(svg, periods, x, slot, { left, right, top, bottom }) {
  const clamp = (value) => Math.max(left, Math.min(right, value));
  const weekend = periods.filter((period) => period.getUTCDay() === 6 || period.getUTCDay() === 0);
  svg.append("g").selectAll("rect").data(weekend).join("rect").attr("class", "weekend").attr("y", top).attr("height", bottom - top)
    .attr("x", (period) => clamp(x(period) - slot / 2))
    .attr("width", (period) => clamp(x(period) + slot / 2) - clamp(x(period) - slot / 2));
}

/** The finest of these that leaves room for labels: every period, Mondays, months, quarters, years. */
export function periodTicks(periods, granularity, x) {
  const starts = (unit) => (period, index) => (index > 0 ? unit(period) !== unit(periods[index - 1]) : period.getUTCDate() === 1);
  const years = (period) => period.getUTCFullYear();
  const quarters = (period) => years(period) * 4 + Math.floor(period.getUTCMonth() / 3);
  const months = (period) => years(period) * 12 + period.getUTCMonth();
  const weeks = (period) => Math.floor((+period / dayMilliseconds + 3) / 7);
  const monday = (period) => period.getUTCDay() === 1;
  const dayLevels = granularity === "day"
    ? [() => true, monday, (period) => monday(period) && weeks(period) % 2 === 0]
    : [() => true, (_, index) => (periods.length - 1 - index) % 2 === 0, (_, index) => (periods.length - 1 - index) % 4 === 0];
  const monthLevels = [starts(months), starts(quarters), starts(years), (period, index) => starts(years)(period, index) && years(period) % 5 === 0];
  const levels = granularity === "month" ? monthLevels : [...dayLevels, ...monthLevels];
  const isMonth = (index) => index >= levels.length - monthLevels.length;
  const fits = (ticks, gap) => d3.pairs(ticks).every(([before, after]) => x(after) - x(before) >= gap);
  const chosen = levels.findIndex((level, index) => fits(periods.filter(level), isMonth(index) ? labelGap.month : labelGap.day));
  const ticks = periods.filter(levels[chosen] ?? ((_, index) => index === 0));
  const label = isMonth(chosen) ? monthLabel : format.shortDay;
  const labelled = ticks.map((period) => ({ period, label: label(period) }));
  // January carries its year; what stands before the first January says which year that was.
  const spansYears = ticks.length > 1 && years(ticks[0]) !== years(ticks[ticks.length - 1]);
  if (spansYears && isMonth(chosen) && ticks[0].getUTCMonth() > 0 && fits(ticks.slice(0, 2), labelGap.day)) labelled[0].label = format.monthAndYear(ticks[0]);
  return labelled;
}

const monthLabel = (period) => (period.getUTCMonth() === 0 ? format.year(period) : format.shortMonth(period));

/** Crosshair and tooltip over the periods of a framed series. */
export function exploreSeries(paper, answer, { periods, lines }) {
  const { svg, x, top, bottom } = paper;
  const hair = svg.append("line").attr("class", "crosshair").attr("y1", top).attr("y2", bottom).attr("visibility", "hidden");
  const last = periods.length - 1;
  const nearest = (pointer) => {
    const date = x.invert(pointer);
    const after = Math.min(last, d3.bisectLeft(periods, date));
    return after > 0 && date - periods[after - 1] < periods[after] - date ? after - 1 : after;
  };
  explore(svg.attr("tabindex", 0).node(), {
    nearest,
    step: (cursor, dx) => (cursor === null ? last : Math.max(0, Math.min(last, cursor + dx))),
    describe(cursor) {
      const at = x(periods[cursor]);
      hair.attr("x1", at).attr("x2", at).attr("visibility", "visible");
      return { x: at, y: (top + bottom) / 2, content: seriesContent(answer, periods, lines, cursor) };
    },
    leave: () => hair.attr("visibility", "hidden"),
  });
  const [from, to] = [periods[0], periods[last]].map((period) => format.periodName(period, answer.granularity));
  const names = lines.map((line) => line.label).join(", ");
  svg.attr("role", "img").attr("aria-label", `${answer.tile.title}: ${names}, ${from} to ${to}. Arrow keys read the values; the table has them all.`);
}

function seriesContent(answer, periods, lines, cursor) {
  const shown = lines.slice(0, 12);
  const points = shown.map((line) => line.points[cursor]);
  const notes = [];
  if (points.some((point) => !point.complete)) notes.push("This period is still in progress.");
  if (points.some((point) => point.withheld)) notes.push(answer.withheldExplanation);
  if (lines.length > shown.length) notes.push(`${lines.length - shown.length} more in the table.`);
  return {
    title: format.periodName(periods[cursor], answer.granularity),
    lines: shown.map((line, index) => ({ colour: line.colour, label: line.label, value: pointText(answer, line, points[index]) })),
    notes,
  };
}

/** A point in words: its value, "<5" when withheld, "no value" otherwise. */
export function pointText(answer, line, point) {
  if (point.value !== null) return answer.writer(line.column)(point.value);
  return point.withheld ? `<${answer.minimum}` : "no value";
}
