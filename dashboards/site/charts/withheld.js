// Withheld values: "<5" where it fits, a small cross where it does not. Never a ring: that is a period in progress.

/** Centred on the origin; 5 pixels wide. */
export const crossPath = "M-2.5,-2.5L2.5,2.5M-2.5,2.5L2.5,-2.5";

/**
 * Marks the withheld values of a time series on the baseline, where the values would be.
 * `offset` moves the marks of a line sideways; `room` is how wide a mark may be.
 */
export function markWithheld({ svg, x, y, slot }, answer, { lines }, { offset = () => 0, room = lines.length === 1 ? slot : 0 } = {}) {
  const marks = lines.flatMap((line) => line.points.filter((point) => point.withheld).map((point) => ({ line, point })));
  const text = `<${answer.minimum}`;
  const group = svg.append("g").attr("class", "withheld").selectAll("g").data(marks).join("g").attr("class", ({ line }) => line.colour)
    .attr("transform", ({ line, point }) => `translate(${x(point.period) + offset(line)},${y(0) - 5})`);
  if (room >= text.length * 6.5) group.append("text").attr("text-anchor", "middle").text(text);
  else group.append("path").attr("class", "cross").attr("d", crossPath);
}
