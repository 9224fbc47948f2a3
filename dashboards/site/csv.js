// A tile's rows as a file, made in the page.

/** RFC 4180; a withheld value is the word `suppressed`, a missing one empty; a text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csvOf(answer) {
  const field = (value) => {
    if (value === null || value === undefined) return "";
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const header = answer.columns.map((column) => field(column.name));
  const cell = (value, row, column) => (answer.isWithheld(row, answer.columns[column].name) ? "suppressed" : field(value));
  const rows = answer.rows.map((values, row) => values.map((value, column) => cell(value, row, column)));
  return [header, ...rows].map((fields) => fields.join(",")).join("\r\n") + "\r\n";
}

/** Saves text under a name. The byte order mark is what makes Excel read UTF-8. */
export function save(name, text) {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
