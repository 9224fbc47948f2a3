// Retention as a triangle of colours.
//
//                     Day 0    1    2    3          sticky │ scrolls sideways when it must
//   All cohorts  9,120   ▇    ▆    ▅    ▄     the pooled line, set apart
//   Aug 3        1,204   ▇    ▆    ▅    ▄
//   Aug 10       1,180   ▇    ▅    ▄    ▨     ▨ still in progress
//   Aug 17         <5    <5   <5              withheld; the future stays empty

import * as format from "../format.js";
import { element } from "../dom.js";
import { explore } from "./explore.js";
import { openKey, withheldKey } from "./legend.js";
import { stepLegend, stepOf, stepSize } from "./steps.js";
import { drawTable } from "./table.js";
import { triangleOf } from "./triangle.js";
import { crossPath } from "./withheld.js";

const size = { rowMin: 8, rowMax: 24, textRow: 16, textCell: 30, numberCell: 19, decimalCell: 46, cellMin: 8, cellMax: 72, head: 20, pooled: 26, gap: 8, heightAim: 640 };
let patternCount = 0;

export function drawRetention(host, answer, width) {
  if (!["cohort", "period", "rate"].every((name) => answer.has(name))) return drawTable(host, answer);
  const triangle = triangleOf(answer);
  const shape = shapeOf(triangle, answer, width);
  const labels = element("div", { class: "cohorts" });
  const field = element("div", { class: "cells" });
  host.append(legendOf(answer, triangle, shape), element("div", { class: "scroll triangle" }, labels, field));
  drawLabels(labels, shape, answer);
  return { cells: drawCells(field, shape, answer) };
}

/** Every length of the drawing, and the rows with their place: `{ rows: [{ cohort, top, height, name }], cell, labelWidth, ... }`. */
function shapeOf({ cohorts, pooled, periodMax }, answer, width) {
  const row = Math.max(size.rowMin, Math.min(size.rowMax, Math.floor(size.heightAim / Math.max(1, cohorts.length))));
  const name = answer.granularity === "month" ? format.monthAndYear : format.shortDay;
  const nameOf = (cohort) => (cohort.day === null ? "All cohorts" : name(format.parseDay(cohort.day)));
  const counts = [pooled, ...cohorts].filter(Boolean).map((cohort) => (cohort.size === null ? "" : format.integer(cohort.size)));
  const countWidth = Math.max(26, d3.max(counts, (text) => text.length) * 6.6);
  const labelWidth = Math.ceil(d3.max([pooled, ...cohorts].filter(Boolean), (cohort) => nameOf(cohort).length) * 6.6 + countWidth + 20);
  const cellMin = row >= size.textRow ? size.textCell : size.cellMin;
  const cell = Math.max(cellMin, Math.min(size.cellMax, Math.floor((width - labelWidth - 2) / (periodMax + 1))));
  let top = size.head;
  const rows = [];
  if (pooled) {
    rows.push({ cohort: pooled, top, height: size.pooled, name: nameOf(pooled) });
    top += size.pooled + size.gap;
  }
  for (const cohort of cohorts) {
    rows.push({ cohort, top, height: row, name: nameOf(cohort) });
    top += row;
  }
  const rates = cohorts.flatMap((cohort) => cohort.cells.filter((entry) => entry && entry.period > 0 && entry.rate !== null).map((entry) => entry.rate));
  // A first period in which everyone is there by definition carries no news; it is drawn grey and kept out of the scale.
  const plainStart = cohorts.every((cohort) => (cohort.cells[0]?.rate ?? 1) === 1);
  return { rows, row, cell, labelWidth, periodMax, plainStart, step: stepSize(rates), height: top + 2, width: cell * (periodMax + 1) + 2 };
}

function legendOf(answer, { cohorts, pooled }, shape) {
  const cells = [...cohorts, pooled].filter(Boolean).flatMap((cohort) => cohort.cells.filter(Boolean));
  const list = element("ul", { class: "legend scale" }, stepLegend(shape.step));
  if (cells.some((cell) => !cell.complete && !cell.withheld)) {
    const key = openKey("still in progress");
    key.firstChild.className = "swatch-hatched";
    list.append(key);
  }
  if (cells.some((cell) => cell.withheld)) list.append(withheldKey(answer));
  return list;
}

function drawLabels(host, shape, answer) {
  const { rows, row, labelWidth, height } = shape;
  const svg = d3.select(host).append("svg").attr("width", labelWidth).attr("height", height).attr("aria-hidden", "true");
  const head = { day: "Joined", week: "Week of", month: "Month" }[answer.granularity];
  svg.append("text").attr("class", "tick").attr("y", 12).text(head);
  svg.append("text").attr("class", "tick").attr("y", 12).attr("x", labelWidth - 10).attr("text-anchor", "end").text("Members");
  const every = Math.max(1, Math.ceil(14 / row));
  const isMonday = ({ cohort }) => format.parseDay(cohort.day).getUTCDay() === 1;
  const mondays = answer.granularity === "day" && every > 1 && row * 7 >= 14;
  const cohortCount = rows.filter(({ cohort }) => cohort.day !== null).length;
  const shown = rows.filter((entry, index) => entry.cohort.day === null || (mondays ? isMonday(entry) : (rows.length - cohortCount + index) % every === 0));
  const line = svg.selectAll("g").data(shown).join("g").attr("class", ({ cohort }) => (cohort.day === null ? "pooled" : "cohort"))
    .attr("transform", ({ top, height: tall }) => `translate(0,${top + tall / 2})`);
  line.append("text").attr("dy", "0.34em").text((entry) => entry.name);
  line.append("text").attr("dy", "0.34em").attr("class", "count").attr("x", labelWidth - 10).attr("text-anchor", "end")
    .text(({ cohort }) => (cohort.sizeWithheld ? `<${answer.minimum}` : cohort.size === null ? "" : format.integer(cohort.size)));
}

function drawCells(host, shape, answer) {
  const { rows, cell, periodMax, height, width } = shape;
  const hatch = `hatch-${(patternCount += 1)}`;
  const svg = d3.select(host).append("svg").attr("width", width).attr("height", height).attr("tabindex", 0).attr("role", "img")
    .attr("aria-label", `${answer.tile.title}: share of each cohort that returned, by ${answer.granularity}. Arrow keys read the cells; the table has them all.`);
  const pattern = svg.append("defs").append("pattern").attr("id", hatch).attr("width", 5).attr("height", 5).attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)");
  pattern.append("line").attr("class", "hatch").attr("x1", 0.5).attr("x2", 0.5).attr("y2", 5);

  const unit = format.columnTitle(answer.granularity);
  const every = [1, 2, 5, 10].find((count) => cell * count >= 22) ?? 20;
  svg.selectAll("text.head").data(d3.range(0, periodMax + 1).filter((period) => period % every === 0)).join("text").attr("class", "tick head")
    .attr("x", (period) => (period === 0 && every > 1 ? 0 : (period + 0.5) * cell)).attr("y", 12)
    .attr("text-anchor", (period) => (period === 0 && every > 1 ? "start" : "middle"))
    .text((period) => (period === 0 && (unit.length + 2) * 5.8 <= cell * every ? `${unit} 0` : period));

  const cells = rows.flatMap((row) => row.cohort.cells.filter(Boolean).map((entry) => ({ entry, row })));
  const place = (selection) => selection
    .attr("x", ({ entry }) => entry.period * cell).attr("y", ({ row }) => row.top)
    .attr("width", cell - (cell > 12 ? 1 : 0.5)).attr("height", ({ row }) => row.height - (row.height > 12 ? 1 : 0.5));
  const open = ({ entry }) => !entry.complete && !entry.withheld;
  place(svg.append("g").selectAll("rect").data(cells).join("rect").attr("class", (datum) => `cell ${classOf(datum, shape)}${open(datum) ? " open" : ""}`));
  place(svg.append("g").selectAll("rect").data(cells.filter(open)).join("rect").attr("fill", `url(#${hatch})`));

  const hasText = ({ row }) => cell >= size.numberCell && row.height >= size.textRow;
  const fits = cells.filter(hasText);
  const write = cell >= size.decimalCell ? format.exactPercent : cell >= size.textCell ? format.wholePercent : (rate) => format.integer(rate * 100);
  svg.append("g").attr("class", "cell-texts").selectAll("text").data(fits).join("text").attr("dy", "0.34em").attr("text-anchor", "middle")
    .attr("class", (datum) => `on-${classOf(datum, shape)}${open(datum) ? " open" : ""}`)
    .attr("x", ({ entry }) => (entry.period + 0.5) * cell - 0.5).attr("y", ({ row }) => row.top + (row.height - 1) / 2)
    .text(({ entry }) => (entry.withheld ? `<${answer.minimum}` : write(entry.rate)));
  const tight = cells.filter((datum) => datum.entry.withheld && !hasText(datum));
  svg.append("g").attr("class", "withheld").selectAll("path").data(tight).join("path").attr("class", "cross").attr("d", crossPath)
    .attr("transform", ({ entry, row }) => `translate(${(entry.period + 0.5) * cell},${row.top + row.height / 2})`);
  exploreCells(svg, shape, answer);
  return cells.length;
}

function classOf({ entry }, { plainStart, step }) {
  if (entry.withheld) return "withheld-cell";
  return plainStart && entry.period === 0 ? "start" : `step-${stepOf(entry.rate, step)}`;
}

function exploreCells(svg, { rows, cell, periodMax }, answer) {
  const frame = svg.append("rect").attr("class", "cursor").attr("visibility", "hidden");
  const clamp = (value, max) => Math.max(0, Math.min(max, value));
  explore(svg.node(), {
    nearest(x, y) {
      const row = rows.findIndex(({ top, height }) => y >= top && y < top + height);
      const period = Math.floor(x / cell);
      return row >= 0 && period >= 0 && rows[row].cohort.cells[period] ? { row, period } : null;
    },
    step(cursor, dx, dy) {
      if (!cursor) return { row: 0, period: Math.min(1, periodMax) };
      const next = { row: clamp(cursor.row + dy, rows.length - 1), period: clamp(cursor.period + dx, periodMax) };
      return rows[next.row].cohort.cells[next.period] ? next : cursor;
    },
    describe({ row, period }) {
      const { cohort, top, height } = rows[row];
      frame.attr("x", period * cell).attr("y", top).attr("width", cell - 1).attr("height", height - 1).attr("visibility", "visible");
      return { x: (period + 1) * cell, y: top + height / 2, content: cellContent(answer, cohort, cohort.cells[period]) };
    },
    leave: () => frame.attr("visibility", "hidden"),
  });
}

function cellContent(answer, cohort, cell) {
  const unit = answer.granularity;
  const who = cohort.day === null ? "All cohorts" : format.periodName(format.parseDay(cohort.day), unit);
  const title = `${who} · ${unit} ${cell.period}`;
  if (cell.withheld || cell.rate === null) return { title, notes: [cell.withheld ? answer.withheldExplanation : "no value"] };
  const lines = [{ label: "Returned", value: format.exactPercent(cell.rate) }];
  if (cell.returned !== null && cell.size !== null) lines.push({ label: "Members", value: `${format.integer(cell.returned)} of ${format.integer(cell.size)}` });
  if (cell.low !== null && cell.high !== null) lines.push({ label: "95 % interval", value: `${format.exactPercent(cell.low)} – ${format.exactPercent(cell.high)}` });
  return { title, lines, notes: cell.complete ? [] : ["Still in progress."] };
}
