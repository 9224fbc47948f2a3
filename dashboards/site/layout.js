// Twelve columns, filled row by row in the order of the document, so that reading order and screen order agree.

const columnCount = 12;

/** How many of the twelve columns a tile would like. */
function wish(tile) {
  if (tile.chart === "number") return 3;
  if (tile.chart === "line" || tile.chart === "bars") return tile.rows.length > 400 ? 12 : 6;
  if (tile.chart === "table") return tile.columns.length > 6 ? 12 : 6;
  if (tile.chart === "experiment") return 12;
  if (tile.chart !== "retention") return 6;
  const period = tile.columns.findIndex((column) => column.name === "period");
  return Math.max(0, ...tile.rows.map((row) => row[period])) > 9 ? 12 : 6;
}

/** The span of each tile; every row adds up to twelve. */
export function spansOf(tiles) {
  const rows = [];
  for (const tile of tiles) {
    const row = rows[rows.length - 1];
    const width = wish(tile);
    const used = row ? row.reduce((sum, value) => sum + value, 0) : columnCount;
    // A figure set beside a chart leaves a hole under it: figures keep to themselves.
    if (used + width > columnCount || (row[0] === 3) !== (width === 3)) rows.push([width]);
    else row.push(width);
  }
  return rows.flatMap((row) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    const spans = row.map((width) => Math.floor((width * columnCount) / total));
    spans[spans.length - 1] += columnCount - spans.reduce((sum, value) => sum + value, 0);
    return spans;
  });
}
