// One tile: title, chart or table, and how the figure is counted.

import { Answer } from "./answer.js";
import { drawBars } from "./charts/bars.js";
import { drawExperiment } from "./charts/experiment.js";
import { drawLine } from "./charts/line.js";
import { drawNumber } from "./charts/number.js";
import { drawRetention } from "./charts/retention.js";
import { drawTable } from "./charts/table.js";
import { csvOf, save } from "./csv.js";
import { element } from "./dom.js";

const charts = { line: drawLine, bars: drawBars, number: drawNumber, retention: drawRetention, experiment: drawExperiment, table: drawTable };

/** What the reader opened stays open when fresh data arrives: tile id → { asTable, counted }. */
const choices = new Map();

/** Draws again when the width of a tile changes; one observer for the page. */
const drawings = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) drawings.get(target)?.(Math.floor(contentRect.width));
});

/** The element of a tile. `published` is its document. It draws itself once it has a width, and then says `data-state="drawn"`. */
export function tileElement(tile, published, span) {
  const key = `${published.name}/${tile.id}`;
  const choice = choices.get(key) ?? { asTable: false, counted: false };
  choices.set(key, choice);
  const answer = new Answer(tile, { minimum: published.published_cell_minimum ?? 5, timeZone: published.time_zone });
  const host = element("div", { class: "drawing" });
  const article = element("article", { class: `tile span-${span} chart-${charts[tile.chart] ? tile.chart : "table"}`, "data-tile": tile.id, "data-state": "waiting", "aria-labelledby": `tile-${tile.id}` });
  let drawnWidth = 0;
  const draw = (width, isForced = false) => {
    if (width <= 0 || (width === drawnWidth && !isForced)) return;
    drawnWidth = width;
    drawInto(host, article, answer, choice.asTable, width);
  };
  const switchTable = () => {
    choice.asTable = !choice.asTable;
    toggle.setAttribute("aria-pressed", choice.asTable);
    draw(drawnWidth, true);
  };
  const toggle = element("button", { type: "button", "aria-pressed": String(choice.asTable), onclick: switchTable }, "Table");
  const download = element("button", { type: "button", onclick: () => save(`${published.name}-${tile.id}.csv`, csvOf(answer)) }, "CSV");
  const hasRows = tile.rows.length > 0;
  article.append(
    element("header", { class: "tile-head" },
      element("h2", { id: `tile-${tile.id}` }, tile.title),
      hasRows && element("div", { class: "tile-tools" }, isCharted(tile) && toggle, download)),
    tile.description ? element("p", { class: "dek" }, tile.description) : "",
    host,
    counting(tile, published, choice),
  );
  drawings.set(host, draw);
  observer.observe(host);
  return article;
}

const isCharted = (tile) => globalThis.d3 && tile.chart !== "table" && tile.chart in charts;

function drawInto(host, article, answer, asTable, width) {
  host.replaceChildren();
  const { tile } = answer;
  try {
    if (tile.rows.length === 0) {
      host.append(element("p", { class: "empty" }, "Nothing to show yet: no events answer this question."));
      Object.assign(article.dataset, { points: 0, cells: 0, state: "drawn" });
      return;
    }
    const isChart = isCharted(tile) && !asTable;
    const { points = 0, cells = 0 } = (isChart ? charts[tile.chart] : drawTable)(host, answer, width);
    Object.assign(article.dataset, { points, cells, view: isChart ? tile.chart : "table", state: "drawn" });
  } catch (error) {
    console.error(`tile ${tile.id}:`, error);
    article.dataset.state = "failed";
    host.replaceChildren(element("p", { class: "empty" }, "This tile could not be drawn. Its CSV still holds the figures."));
  }
}

/** The definition, the question as a command that gives the same figures, and the notes. */
function counting(tile, published, choice) {
  const notes = tile.notes ?? [];
  const question = tile.question ?? "";
  const isQuery = !question.startsWith("experiment ");
  const asOf = !question.includes("--as-of") ? ` --as-of ${published.as_of}` : "";
  const details = element("details", { class: "counted", open: choice.counted },
    element("summary", {}, "How this is counted", notes.length > 0 && element("span", { class: "note-count" }, notes.length === 1 ? "1 note" : `${notes.length} notes`)),
    element("dl", {},
      tile.definition && [element("dt", {}, "Definition"), element("dd", {}, element("code", {}, tile.definition))],
      question && [element("dt", {}, "Ask again"), element("dd", {}, element("code", { class: "command" }, `muster ${isQuery ? "query " : ""}${question}${asOf}`))]),
    notes.length > 0 && element("ul", {}, notes.map((note) => element("li", {}, note))));
  details.addEventListener("toggle", () => { choice.counted = details.open; });
  return details;
}
