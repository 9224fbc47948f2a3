// Rows of a time series as lines: one a measure, or one a value of the columns that split it.

import { columnTitle, parseDay } from "./format.js";

/** More lines than this and the smaller ones share one grey: nobody can tell twelve colours apart. */
export const colourCountMax = 7;

/**
 * `{ periods, lines }`: ascending dates, and for each line `{ label, column, colour, points }` with one point a period
 * (`{ period, value, complete, withheld }`, value null where there is none). Null when the answer is not a time series.
 */
export function seriesOf(answer) {
  const period = answer.columns.findIndex((column) => column.name === "period" && column.type === "date");
  if (period < 0) return null;
  const splits = [];
  for (let index = period + 1; answer.columns[index]?.type === "string"; index += 1) splits.push(answer.columns[index].name);
  const measures = measuresOf(answer);
  // A line over all periods has none of its own: it is in the table.
  const days = [...new Set(answer.rows.map((row) => row[period]))].filter((day) => day !== null).sort();
  const positions = new Map(days.map((day, position) => [day, position]));
  const periods = days.map(parseDay);
  const lines = new Map();
  answer.rows.forEach((row, rowIndex) => {
    if (row[period] === null) return;
    const values = splits.map((name) => answer.value(rowIndex, name));
    for (const column of measures) {
      const key = JSON.stringify([values, column]);
      if (!lines.has(key)) lines.set(key, emptyLine(values, column, measures.length > 1, periods));
      const point = lines.get(key).points[positions.get(row[period])];
      point.value = answer.value(rowIndex, column);
      point.complete = answer.isComplete(rowIndex);
      point.withheld = answer.isWithheld(rowIndex, column);
    }
  });
  return { periods, lines: coloured([...lines.values()], splits.length > 0) };
}

function measuresOf(answer) {
  const named = (answer.tile.series ?? []).filter((name) => answer.has(name));
  if (named.length > 0) return named;
  const first = answer.columns.find((column) => column.type === "int" || column.type === "float");
  return first ? [first.name] : [];
}

function emptyLine(values, column, namesColumn, periods) {
  const group = values.map((value) => value ?? "(none)").join(" · ");
  const label = group && namesColumn ? `${group}, ${columnTitle(column)}` : group || columnTitle(column);
  const points = periods.map((period) => ({ period, value: null, complete: true, withheld: false }));
  return { label, column, points };
}

/** Groups are coloured by size, largest first, so that the colours fall on the lines that matter. */
function coloured(lines, isSplit) {
  const total = (line) => line.points.reduce((sum, point) => sum + (point.value ?? 0), 0);
  if (isSplit) lines.sort((left, right) => total(right) - total(left) || (left.label < right.label ? -1 : 1));
  lines.forEach((line, index) => {
    line.colour = index < colourCountMax ? `series-${index + 1}` : "series-rest";
  });
  return lines;
}

/** The position of the last complete period, or -1. */
export function lastComplete(line, before = line.points.length) {
  for (let index = before - 1; index >= 0; index -= 1) {
    const point = line.points[index];
    if (point.complete && (point.value !== null || point.withheld)) return index;
  }
  return -1;
}

/** How many values there are to draw. */
export const pointCount = (lines) => lines.reduce((sum, line) => sum + line.points.filter((point) => point.value !== null).length, 0);
