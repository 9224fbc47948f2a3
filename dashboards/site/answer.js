// A tile's columns and rows, read by name, with withheld values told apart from missing ones.

import * as format from "./format.js";

const rateName = /(^|_)(rate|ratio|share)$|^from_(start|previous)$/;

export class Answer {
  /** `minimum` is the k below which a figure is withheld. */
  constructor(tile, { minimum, timeZone }) {
    this.tile = tile;
    this.columns = tile.columns;
    this.rows = tile.rows;
    this.minimum = minimum;
    this.timeZone = timeZone;
    this.indices = new Map(tile.columns.map((column, index) => [column.name, index]));
    this.withheld = new Set((tile.suppressed ?? []).map(([row, column]) => row * this.columns.length + column));
  }

  has(name) {
    return this.indices.has(name);
  }

  /** The value of a named column, null when there is none or the column is absent. */
  value(row, name) {
    return this.rows[row][this.indices.get(name)] ?? null;
  }

  /** Whether a null is one that privacy took away. */
  isWithheld(row, name) {
    return this.has(name) && this.withheld.has(row * this.columns.length + this.indices.get(name));
  }

  /** A row without a `complete` column is complete. */
  isComplete(row) {
    return this.value(row, "complete") !== false;
  }

  /** day, week or month: as asked, otherwise as the first days of the periods show. */
  get granularity() {
    const asked = /--(?:granularity|cohort)[ =](day|week|month)\b/.exec(this.tile.question ?? "");
    if (asked) return asked[1];
    const column = this.has("cohort") ? "cohort" : "period";
    const days = [...new Set(this.rows.map((_, row) => this.value(row, column)))].filter((value) => typeof value === "string").sort();
    if (days.length < 2) return "day";
    if (days.every((text) => text.endsWith("-01"))) return "month";
    const instants = days.map((text) => format.parseDay(text).getTime());
    return instants.every((instant) => (instant - instants[0]) % (7 * 86_400_000) === 0) ? "week" : "day";
  }

  isRate(name) {
    if (rateName.test(name)) return true;
    return (name === "low" || name === "high") && this.columns.some((column) => rateName.test(column.name));
  }

  /** How values of a named column are written. */
  writer(name) {
    const column = this.columns[this.indices.get(name)];
    if (name.endsWith("_seconds")) return format.duration;
    if (this.isRate(name)) return format.percent;
    switch (column?.type) {
      case "int": return format.integer;
      case "float": return format.decimal;
      case "bool": return (value) => (value ? "yes" : "no");
      case "date": return (text) => format.plainDay(format.parseDay(text));
      case "instant": return (text) => format.instant(new Date(text), this.timeZone);
      default: return String;
    }
  }

  /** The words for a withheld figure; a neighbour may be withheld to protect it. */
  get withheldExplanation() {
    return `suppressed: fewer than ${this.minimum} members, or would give such a figure away`;
  }

  get hasWithheld() {
    return this.withheld.size > 0;
  }
}
