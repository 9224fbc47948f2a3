// The rows themselves: what a screen reader, a keyboard and a doubter use.

import { element } from "../dom.js";
import { columnTitle } from "../format.js";

export function drawTable(host, answer) {
  const writers = answer.columns.map((column) => answer.writer(column.name));
  const isNumber = answer.columns.map((column) => column.type === "int" || column.type === "float");
  const cell = (row, rowIndex, column) => {
    const { name } = answer.columns[column];
    const side = isNumber[column] ? "number" : null;
    if (row[column] !== null && row[column] !== undefined) return element(column === 0 ? "th" : "td", { class: side, scope: column === 0 ? "row" : null }, writers[column](row[column]));
    if (name === "cohort") return element("th", { scope: "row" }, "All cohorts");
    if (!answer.isWithheld(rowIndex, name)) return element("td", { class: side }, element("span", { class: "none", "aria-label": "no value" }, "–"));
    return element("td", { class: side }, element("span", { class: "withheld-mark", title: answer.withheldExplanation, "aria-label": answer.withheldExplanation }, `<${answer.minimum}`));
  };
  const head = element("tr", {}, answer.columns.map((column, index) => element("th", { scope: "col", class: isNumber[index] ? "number" : null }, columnTitle(column.name))));
  const body = answer.rows.map((row, rowIndex) => element("tr", {}, row.map((_, column) => cell(row, rowIndex, column))));
  host.append(element("div", { class: "scroll table-scroll", tabindex: 0, role: "region", "aria-label": `${answer.tile.title}, table` },
    element("table", {}, element("thead", {}, head), element("tbody", {}, body))));
  if (answer.hasWithheld) host.append(element("p", { class: "table-note" }, element("span", { class: "withheld-mark", "aria-hidden": "true" }, `<${answer.minimum}`), ` ${answer.withheldExplanation}`));
  return { cells: answer.rows.length * answer.columns.length };
}
